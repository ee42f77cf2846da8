/** Copies hits: as Markdown, as paths, or with their code for a prompt. */

import * as vscode from 'vscode';
import { contextMessage } from '../protocol';
import { IMAGE } from '../search/images';
import type { Server } from '../server/server';
import { formatTokens } from '../text/amounts';
import { hitsBelow, type HitNode, type Node, searchOf } from './nodes';
import { counted } from '../text/words';

const MOST_TOKENS = 32_000;

/** Headings for the questions, and below each a list of its hits. */
export function asMarkdown(nodes: readonly Node[]): string {
  const searches = new Map<string, HitNode[]>();
  for (const hit of hitsOf(nodes)) {
    const { name, title } = searchOf(hit);
    searches.set(name ?? title, [...(searches.get(name ?? title) ?? []), hit]);
  }
  const parts = [...searches].map(([title, hits]) => `## ${title}\n\n${hits.map(listed).join('\n')}\n`);
  return parts.join('\n');
}

export function asPaths(nodes: readonly Node[]): string {
  return hitsOf(nodes).map(place).join('\n');
}

/** Copies the code of hits for a prompt. Returns a sentence that says how much was copied. */
export async function copyCode(server: Server, nodes: readonly Node[]): Promise<string> {
  const hits = hitsOf(nodes);
  const [images, code] = [hits.filter(isImage), hits.filter((node) => !isImage(node))];
  const places = code.map(({ hit: { uri, range } }) => ({
    uri,
    startLine: range.start.line,
    endLine: range.end.line,
    chosen: true,
    first: false,
  }));
  const { text, tokens, tokenizer } = await server.request(contextMessage, {
    places,
    maxTokens: MOST_TOKENS,
  });
  const said = images.map((node) => `${place(node)}: ${node.hit.summary}\n`);
  await vscode.env.clipboard.writeText([text, ...said].filter(Boolean).join('\n'));
  return counted(
    hits.length,
    'Copied {0} hit: {1} ({2})',
    'Copied {0} hits: {1} ({2})',
    formatTokens(tokens),
    tokenizer,
  );
}

/** The hits at and below some nodes, each once. */
export function hitsOf(nodes: readonly Node[]): HitNode[] {
  return [...new Set(nodes.flatMap(hitsBelow))];
}

function listed({ hit, ...node }: HitNode): string {
  const code = hit.summary.includes('`') ? `\`\` ${hit.summary} \`\`` : `\`${hit.summary}\``;
  return `- [${place({ hit, ...node })}](${encodeURI(vscode.workspace.asRelativePath(vscode.Uri.parse(hit.uri)))}#L${hit.line + 1}): ${code}`;
}

/** The path of a hit with its line, if it has one. */
export function place(node: HitNode): string {
  const path = vscode.workspace.asRelativePath(vscode.Uri.parse(node.hit.uri));
  return isImage(node) ? path : `${path}:${node.hit.line + 1}`;
}

/** Whether a hit has words that stand in no line. */
function isImage({ hit }: HitNode): boolean {
  return hit.kind === IMAGE;
}
