/** All that the extension does with tokens: counts beside the code, where they are, code within a budget. */

import * as vscode from 'vscode';
import { asUri } from '../commands/asUri';
import { countSelection, countTokens } from '../commands/countTokens';
import type { Register } from '../commands/register';
import { showSplitCode } from '../commands/splitCode';
import { registerContext } from '../context/context';
import { registerCosts } from '../costs/register';
import type { Questions } from '../search/questions';
import type { Server } from '../server/server';
import type { Status } from '../status/status';
import { CountItem } from './countItem';
import { showDefinitionCounts } from './definitionCounts';
import { tokenHover } from './hover';
import { chooseTokenizer } from './tokenizerPick';
import { registerTokenView } from './view/register';

/** Shows counts, and registers the commands about them. Call before the server is started. */
export function registerTokens(
  register: Register,
  server: Server,
  status: Status,
  questions: Questions,
  context: vscode.ExtensionContext,
): vscode.Disposable {
  server.middleware = { ...server.middleware, provideHover: tokenHover(server) };
  register('chooseTokenizer', () => chooseTokenizer(server));
  register('countTokens', (uri?: unknown) => countTokens(server, asUri(uri)));
  register('countSelection', () => countSelection(server));
  register('splitCode', (uri?: unknown) => showSplitCode(server, asUri(uri)));
  registerContext(register, server, status, questions, context.globalState);
  return vscode.Disposable.from(
    new CountItem(server),
    showDefinitionCounts(server),
    registerCosts(register, server, status, context),
    registerTokenView(server, context, register),
  );
}
