/** *Show Duplicate Code*: near copies in the results view, a diff of any two, and hints in the editor. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import { compareHits } from '../results/compare';
import { hitsOf } from '../results/copy';
import type { HitNode, Node } from '../results/nodes';
import type { Results } from '../results/register';
import type { Server } from '../server/server';
import { registerCopyHints } from './hints';
import { t } from '../text/words';

export function registerDuplicates(register: Register, server: Server, results: Results): vscode.Disposable {
  register('showDuplicates', () => {
    results.keep({ kind: 'duplicates' }, t('Duplicate code'));
  });
  register('results.compareCopies', async (clicked?: Node, selected?: Node[]) => {
    await compareHits(await chosenPair(results.chosen(clicked, selected)));
  });
  return registerCopyHints(server);
}

/** Two of several hits: those that are selected, or the first two of a group, or a copy and another one. */
async function chosenPair(nodes: readonly Node[]): Promise<HitNode[]> {
  const hits = hitsOf(nodes);
  const [one] = hits;
  if (hits.length > 1 || one === undefined) {
    return hits.slice(0, 2);
  }
  const others = one.parent.children.filter((hit) => hit !== one);
  const other = others.length > 1 ? await chooseHit(others) : others[0];
  return other === undefined ? [] : [one, other];
}

async function chooseHit(hits: readonly HitNode[]): Promise<HitNode | undefined> {
  const items = hits.map((node) => {
    const uri = vscode.Uri.parse(node.hit.uri);
    const label = `${path.posix.basename(uri.path)}:${node.hit.line + 1}`;
    return { label, description: vscode.workspace.asRelativePath(uri), detail: node.hit.summary, node };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Compare with'),
    placeHolder: t('Choose the code to compare with'),
    matchOnDescription: true,
  });
  return chosen?.node;
}
