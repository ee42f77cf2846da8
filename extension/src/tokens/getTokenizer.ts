/** Downloads a tokenizer's file by the command line of the environment, with progress and cancel. */

import { execFile } from 'node:child_process';
import * as os from 'node:os';
import * as vscode from 'vscode';
import type { NamedTokenizer } from '../protocol';
import type { Server } from '../server/server';
import { setUpVariables } from '../setup/processes';
import { t } from '../text/words';

/** Whether the tokenizer is there now; false if the user has cancelled. Throws an error with the reason. */
export async function getTokenizer(server: Server, { name, megabytes }: NamedTokenizer): Promise<boolean> {
  const { interpreter } = server;
  if (interpreter === undefined) {
    throw new Error(t('The Semlens server does not run: try again in a moment.'));
  }
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: t('Semlens: downloading the tokenizer {0} ({1} MB)', name, megabytes),
    cancellable: true,
  };
  return vscode.window.withProgress(options, (_, token) => {
    const stopping = new AbortController();
    token.onCancellationRequested(() => {
      stopping.abort();
    });
    return download(interpreter, name, stopping.signal);
  });
}

function download(interpreter: string, name: string, signal: AbortSignal): Promise<boolean> {
  const parameters = ['-I', '-X', 'utf8', '-m', 'semlens', 'tokenizers', 'get', name];
  const options = { env: setUpVariables(), cwd: os.tmpdir(), signal };
  return new Promise((resolve, reject) => {
    execFile(interpreter, parameters, options, (error, _, problem) => {
      if (error === null || signal.aborted) {
        resolve(error === null);
      } else {
        reject(new Error(problem.trim().split('\n').at(-1) ?? t('{0} could not be downloaded.', name)));
      }
    });
  });
}
