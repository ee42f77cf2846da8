/** What code costs in tokens, asked of the server and said to the user. */

import type * as vscode from 'vscode';
import { type TokenCount, tokensMessage, type TokensResult } from './protocol';
import type { Server } from './server';
import { count } from './words';

/** The server refuses no length, but nobody waits for the count of more than this. */
export const MOST_CHARACTERS = 2_000_000;

export interface Counted {
  /** As language models bill it. */
  billed: TokenCount;
  /** As the embedding model sees it. */
  own: TokenCount;
  chunks: number;
}

export async function countText(
  server: Server,
  text: string,
  token?: vscode.CancellationToken,
): Promise<Counted> {
  return counted(await server.request(tokensMessage, { text }, token));
}

export async function countDocument(server: Server, uri: vscode.Uri): Promise<Counted> {
  return counted(await server.request(tokensMessage, { textDocument: { uri: uri.toString() } }));
}

export function tokens(amount: number): string {
  return count(amount, 'token');
}

/** The embedding model's count comes first, the billed ones after it. */
function counted({ counts, chunks }: TokensResult): Counted {
  const [own, billed] = counts;
  if (own === undefined || billed === undefined) {
    throw new Error('The server did not say what it counted.');
  }
  return { own, billed, chunks };
}
