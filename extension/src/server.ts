/**
 * The language server's lifetime: started, watched, and started again when it dies.
 *
 * Whoever asks something while the server is on its way up waits for it; whoever asks while it
 * cannot run gets the sentence that says why.
 */

import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type MessageSignature,
  type NotificationType,
  type ProgressType,
  type RequestType,
  type ServerOptions,
} from 'vscode-languageclient/node';
import { diagnose, findEnvironment, serverVariables } from './environment';
import { sentence } from './words';

export type ServerState =
  | { kind: 'stopped' }
  | { kind: 'starting' }
  | { kind: 'running' }
  | { kind: 'restarting'; sentence: string }
  | { kind: 'unprepared'; sentence: string };

/** Schemes of the documents that the server is told of; untitled ones were never saved. */
export const SERVED: ReadonlySet<string> = new Set(['file', 'untitled']);

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 60_000;
/** A server that lived this long was well: the next failure starts from the first delay. */
const STEADY_MS = 60_000;
const WAIT_FOR_START_MS = 20_000;

/** Whoever sends a request tells of its failure, and `Server` of its own; the rest is in the log alone. */
class QuietClient extends LanguageClient {
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

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private current: ServerState = { kind: 'stopped' };
  private failures = 0;
  private retry: NodeJS.Timeout | undefined;
  private readonly stateChanged = new vscode.EventEmitter<ServerState>();
  readonly onDidChangeState = this.stateChanged.event;
  private readonly handlers: ((client: LanguageClient) => void)[] = [];

  constructor(private readonly log: vscode.LogOutputChannel) {}

  get state(): ServerState {
    return this.current;
  }

  /** Have `handler` called for a notification, on this client and on those after a restart. */
  onNotification<P>(type: NotificationType<P>, handler: (params: P) => void): void {
    this.handlers.push((client) => {
      client.onNotification(type, handler);
    });
  }

  onProgress<P>(type: ProgressType<P>, token: string, handler: (value: P) => void): vscode.Disposable {
    return this.client?.onProgress(type, token, handler) ?? new vscode.Disposable(() => undefined);
  }

  async request<P, R>(
    type: RequestType<P, R, void>,
    params: P,
    token?: vscode.CancellationToken,
  ): Promise<R> {
    await this.running();
    if (this.client === undefined) {
      throw new Error(this.explanation());
    }
    // A token that is undefined would be sent as a second parameter.
    const { method } = type;
    return token === undefined
      ? this.client.sendRequest<R>(method, params)
      : this.client.sendRequest<R>(method, params, token);
  }

  /** Resolves when the server runs, and rejects with a sentence when it cannot. */
  async running(): Promise<void> {
    const deadline = Date.now() + WAIT_FOR_START_MS;
    while (this.current.kind === 'starting' || this.current.kind === 'restarting') {
      await this.nextState(Math.max(0, deadline - Date.now()));
      if (Date.now() >= deadline) {
        break;
      }
    }
    if (this.current.kind !== 'running') {
      throw new Error(this.explanation());
    }
  }

  async start(): Promise<void> {
    clearTimeout(this.retry);
    if (this.current.kind !== 'unprepared') {
      this.become({ kind: 'starting' });
    }
    const environment = await findEnvironment();
    if (environment.kind === 'unprepared') {
      this.become(environment);
      this.startLater();
      return;
    }
    const client = this.createClient({
      command: environment.interpreter,
      args: ['-I', '-X', 'utf8', '-m', 'semlens', 'serve'],
      options: { cwd: environment.dataFolder, env: serverVariables() },
    });
    this.client = client;
    const started = Date.now();
    try {
      await client.start();
    } catch (error) {
      this.log.error(`The server did not start: ${sentence(error)}`);
      if (this.client === client) {
        await this.failed(await diagnose(environment), started);
      }
      return;
    }
    this.log.info(`The server runs (${environment.interpreter}).`);
    this.become({ kind: 'running' });
  }

  async restart(): Promise<void> {
    this.failures = 0;
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    clearTimeout(this.retry);
    const { client } = this;
    this.client = undefined;
    this.become({ kind: 'stopped' });
    try {
      await client?.dispose();
    } catch (error) {
      this.log.debug(`The server did not stop in good order: ${sentence(error)}`);
    }
  }

  dispose(): void {
    void this.stop();
    this.stateChanged.dispose();
  }

  private createClient(serverOptions: ServerOptions): LanguageClient {
    const started = Date.now();
    let created: LanguageClient | undefined = undefined;
    const options: LanguageClientOptions = {
      documentSelector: [...SERVED].map((scheme) => ({ scheme })),
      outputChannel: this.log,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: async () => {
          // While it starts, `start` sees the failure itself.
          if (this.client === created && this.current.kind === 'running') {
            await this.failed(undefined, started);
          }
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
    const client = new QuietClient('semlens', 'Semlens', serverOptions, options);
    created = client;
    for (const handler of this.handlers) {
      handler(client);
    }
    return client;
  }

  /** The server died, or did not start for `reason`, if that is known: try again, and say so. */
  private async failed(reason: string | undefined, started: number): Promise<void> {
    if (Date.now() - started > STEADY_MS) {
      this.failures = 0;
    }
    const { client } = this;
    this.client = undefined;
    const said = reason ?? 'The Semlens server stopped unexpectedly. It is being started again.';
    this.log.warn(said);
    this.become({ kind: reason === undefined ? 'restarting' : 'unprepared', sentence: said });
    this.startLater();
    await client?.dispose().catch(() => undefined);
  }

  /** Try again, each time later: what was missing may be there by then. */
  private startLater(): void {
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.failures, LONGEST_DELAY_MS);
    this.failures += 1;
    this.log.debug(`Next attempt in ${Math.round(delay / 100) / 10} s.`);
    this.retry = setTimeout(() => void this.start(), delay);
  }

  private become(state: ServerState): void {
    this.current = state;
    this.stateChanged.fire(state);
  }

  private explanation(): string {
    if (this.current.kind === 'unprepared' || this.current.kind === 'restarting') {
      return this.current.sentence;
    }
    return 'The Semlens server does not answer: try again, or restart it by “Semlens: Restart Server”.';
  }

  private nextState(within: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        subscription.dispose();
        resolve();
      };
      const timer = setTimeout(done, within);
      const subscription = this.onDidChangeState(done);
    });
  }
}
