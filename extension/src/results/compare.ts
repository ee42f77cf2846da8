/** Hits side by side: with the code that they are like, or with each other. */

import * as vscode from 'vscode';
import { type CodePart, showDiff } from '../search/codeDiff';
import { editorRange } from '../server/positions';
import type { KeptHit } from './kept';
import { type Node, searchOf } from './nodes';

/** Shows the first hit among the nodes beside the code that its search is about. */
export async function compareWithSource(nodes: readonly Node[]): Promise<void> {
  const node = nodes.find(({ type }) => type === 'hit');
  const { ask, source } = (node && searchOf(node)) ?? {};
  if (node?.type === 'hit' && ask?.kind === 'similar' && source !== undefined) {
    const uri = vscode.Uri.parse(ask.params.textDocument.uri);
    await showDiff({ uri, range: editorRange(source) }, partOf(node.hit));
  }
}

/** Shows two hits beside each other. */
export async function compareHits(nodes: readonly Node[]): Promise<void> {
  const [one, other] = nodes.flatMap((node) => (node.type === 'hit' ? [partOf(node.hit)] : []));
  if (one !== undefined && other !== undefined) {
    await showDiff(one, other);
  }
}

function partOf({ uri, range }: KeptHit): CodePart {
  return { uri: vscode.Uri.parse(uri), range: editorRange(range) };
}
