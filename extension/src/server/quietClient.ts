/** A language client that leaves it to others to tell the user of its errors. */

import type * as vscode from 'vscode';
import { LanguageClient, type MessageSignature } from 'vscode-languageclient/node';

/** Logs errors without a notification: the sender of a request and `Server` report theirs to the user. */
export class QuietClient extends LanguageClient {
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
