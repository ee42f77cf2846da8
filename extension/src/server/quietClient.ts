/**
 * A language client that leaves it to others to tell the user of its errors.
 *
 * A bundle of its own: its library takes most of the time that the extension needs to load, and nobody waits for it.
 */

import type * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type MessageSignature,
  type ServerOptions,
  WorkDoneProgress,
} from 'vscode-languageclient/node';
import type { WorkDone } from './message';

/** Logs errors without a notification: the sender of a request and `Server` report theirs to the user. */
export class QuietClient extends LanguageClient {
  /** With `closed`, which is called when the server has ended. */
  constructor(server: ServerOptions, options: LanguageClientOptions, closed: () => Promise<void>) {
    super('semlens', 'Semlens', server, {
      ...options,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: async () => {
          await closed();
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    });
  }

  /** What the server reports of the request that has `token`. */
  onWorkDone(token: string, handler: (value: WorkDone) => void): vscode.Disposable {
    return this.onProgress(WorkDoneProgress.type, token, handler);
  }

  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override handleFailedRequest<T>(
    type: MessageSignature,
    token: vscode.CancellationToken | undefined,
    error: unknown,
    defaultValue: T,
    _showNotification?: boolean,
    throwOnCancel?: boolean,
  ): T {
    return super.handleFailedRequest(type, token, error, defaultValue, false, throwOnCancel);
  }
}
