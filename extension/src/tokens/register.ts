/** What the editor shows of tokens beside the code: in hovers, in the status bar, above definitions. */

import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import { asUri } from '../commands/asUri';
import { countTokens } from '../commands/countTokens';
import { showSplitCode } from '../commands/splitCode';
import type { Server } from '../server/server';
import { CountItem } from './countItem';
import { showDefinitionCounts } from './definitionCounts';
import { tokenHover } from './hover';
import { chooseTokenizer } from './tokenizerPick';

/** Shows counts, and registers the commands about them. Call before the server is started. */
export function registerTokenCounts(server: Server, register: Register): vscode.Disposable {
  server.middleware = { ...server.middleware, provideHover: tokenHover(server) };
  register('chooseTokenizer', () => chooseTokenizer(server));
  register('countTokens', (uri?: unknown) => countTokens(server, asUri(uri)));
  register('splitCode', (uri?: unknown) => showSplitCode(server, asUri(uri)));
  const item = new CountItem(server);
  return vscode.Disposable.from(item, showDefinitionCounts(server));
}
