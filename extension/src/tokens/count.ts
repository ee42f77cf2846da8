/** Counts the tokens of a text or a document, by the server. */

import type * as vscode from 'vscode';
import { type TokenCount, tokensMessage, type TokensResult } from '../protocol';
import type { Server } from '../server/server';
import { t } from '../text/words';

export interface TokenCounts {
  /** As language models bill the text. */
  billed: TokenCount;
  /** As the embedding model reads the text. */
  embedding: TokenCount;
}

export async function countText(
  server: Server,
  text: string,
  token?: vscode.CancellationToken,
): Promise<TokenCounts> {
  return tokenCounts(await server.request(tokensMessage, { text }, token));
}

export async function countDocument(server: Server, uri: vscode.Uri): Promise<TokenCounts> {
  return tokenCounts(await server.request(tokensMessage, { textDocument: { uri: uri.toString() } }));
}

/** The server sends the embedding model's count first, then the billed one. */
function tokenCounts({ counts }: TokensResult): TokenCounts {
  const [embedding, billed] = counts;
  if (embedding === undefined || billed === undefined) {
    throw new Error(t('The server did not count the tokens.'));
  }
  if (billed.problem) {
    throw new Error(billed.problem);
  }
  return { embedding, billed };
}
