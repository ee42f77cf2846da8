/** Creates the parts of the extension and registers its commands. */

import './text/localize';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { serveAgents } from './agents/agents';
import { registerBench } from './bench/register';
import { asUri } from './commands/asUri';
import { showLeftOut } from './commands/leftOut';
import { forgetFolder } from './commands/forget';
import { pause } from './commands/pause';
import { OPENING, type Register } from './commands/register';
import { reindex } from './commands/reindex';
import { registerSearch } from './commands/registerSearch';
import type { Searching } from './commands/search';
import { showStatus } from './commands/showStatus';
import { why } from './commands/why';
import { registerCompare } from './compare/register';
import { registerDuplicates } from './duplicates/register';
import { registerMap } from './map/register';
import { registerModels } from './models/register';
import { registerTraining } from './train/register';
import { registerPlayground } from './playground/register';
import { registerResults } from './results/register';
import { registerDiffs } from './search/codeDiff';
import { registerPreviews } from './search/previewDocuments';
import { Questions } from './search/questions';
import { Scopes } from './search/scopes';
import { registerSearchEditor } from './searchEditor/register';
import { chooseInterpreter, InterpreterWatch } from './server/interpreter';
import { Server } from './server/server';
import type { Places } from './setup/parts';
import { installPathCommand } from './setup/pathCommand';
import { removeFiles } from './setup/removeFiles';
import { SetUp } from './setup/setUp';
import { Status } from './status/status';
import { createStatusItem } from './status/statusItem';
import { errorSentence } from './text/format';
import { registerTeam } from './team/team';
import { registerTokens } from './tokens/register';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Semlens', { log: true });
  const started = new Server(log, placesOf(context));
  server = started;
  const status = new Status(started);
  const interpreter = new InterpreterWatch(started);
  context.subscriptions.push(log, started, status, createStatusItem(status), interpreter);
  const setUp = new SetUp(placesOf(context), context.globalState, started, log);
  context.subscriptions.push(setUp, serveAgents(started, extensionVersion(context), placesOf(context)));
  const questions = new Questions(context.workspaceState);

  const register = registrar(context, setUp);
  const results = registerResults(register, started, context.workspaceState);
  const editors = registerSearchEditor(register, started, context.storageUri ?? context.globalStorageUri);
  context.subscriptions.push(results.disposable, editors.disposable);
  const searching: Searching = {
    server: started,
    questions,
    scopes: new Scopes(context.workspaceState),
    keep: (ask, title, into) => {
      (into === 'editor' ? editors : results).keep(ask, title);
    },
  };
  context.subscriptions.push(registerSearch(register, searching));
  context.subscriptions.push(registerDuplicates(register, started, results));
  context.subscriptions.push(registerTokens(register, started, status, questions, context));
  context.subscriptions.push(registerMap(register, searching, context));
  context.subscriptions.push(registerModels(register, started, status));
  context.subscriptions.push(registerBench(register, started, context));
  context.subscriptions.push(registerTraining(register, started, context));
  context.subscriptions.push(registerPlayground(register, started, context));
  register('reindex', () => reindex(started, status, false));
  register('reindexAll', () => reindex(started, status, true));
  register('forget', () => forgetFolder(started));
  register('pause', () => pause(started, true));
  register('resume', () => pause(started, false));
  register('why', (uri?: unknown) => why(started, asUri(uri)));
  register('leftOut', (uri?: unknown) => showLeftOut(started, asUri(uri)));
  register('showStatus', () => showStatus(status));
  register('showLog', () => {
    log.show();
  });
  register('restart', () => {
    interpreter.reportAgain();
    return started.restart();
  });
  register('setUp', () => setUp.offer());
  register('choosePython', chooseInterpreter);
  register('installPathCommand', () => installPathCommand(started));
  context.subscriptions.push(
    registerCompare(started, context, register),
    registerPreviews(),
    registerDiffs(),
  );
  context.subscriptions.push(registerTeam(register, started, context));
  register('removeFiles', () => removeFiles(placesOf(context), started, setUp));

  void setUp.begin();
}

/** Registers commands; one that fails says why, or offers the set-up where that is what it needs. */
function registrar(context: vscode.ExtensionContext, setUp: SetUp): Register {
  return (name, run) => {
    context.subscriptions.push(
      vscode.commands.registerCommand(`semlens.${name}`, async (...parameters: never[]) => {
        try {
          if (OPENING.has(name) && (await setUp.isWantedNow())) {
            void setUp.offer();
            return;
          }
          await run(...parameters);
        } catch (error) {
          if (setUp.isWanted) {
            void setUp.offer();
            return;
          }
          void vscode.window.showErrorMessage(errorSentence(error));
        }
      }),
    );
  };
}

function placesOf(context: vscode.ExtensionContext): Places {
  const parts = context.asAbsolutePath(path.join('dist', 'parts'));
  return { parts, storage: context.globalStorageUri.fsPath };
}

function extensionVersion({ extension }: vscode.ExtensionContext): string {
  return (extension.packageJSON as { version: string }).version;
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
