/** The methods of the language server with the types of their parameters and results. */

import type {
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from 'vscode-languageclient/node';

declare const params: unique symbol;
declare const result: unique symbol;

export interface RequestMessage<P, R> {
  readonly method: string;
  /** There for the compiler alone. */
  readonly [params]?: P;
  readonly [result]?: R;
}

export interface NotificationMessage<P> {
  readonly method: string;
  readonly [params]?: P;
}

export function request<P, R>(method: string): RequestMessage<P, R> {
  return { method };
}

export function notification<P>(method: string): NotificationMessage<P> {
  return { method };
}

export type WorkDone = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;
