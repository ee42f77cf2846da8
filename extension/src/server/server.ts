/**
 * The language server's lifetime: started, watched, and restarted when it dies.
 *
 * A request waits while the server starts, and fails with a sentence while the server cannot run.
 */

import * as vscode from 'vscode';
import type { LanguageClientOptions, Middleware, ServerOptions } from 'vscode-languageclient/node';
import type { Places } from '../setup/parts';
import { errorSentence } from '../text/format';
import {
  diagnose,
  findEnvironment,
  serverCommand,
  type Environment,
  type UnpreparedEnvironment,
} from './environment';
import type { NotificationMessage, RequestMessage, WorkDone } from './message';
import { NotSetUp } from './notSetUp';
import type { QuietClient } from './quietClient.js';
import { t } from '../text/words';

export type ServerState =
  | { kind: 'stopped' }
  | { kind: 'starting' }
  | { kind: 'running' }
  | { kind: 'restarting'; message: string }
  | { kind: 'settingUp'; message: string }
  | UnpreparedEnvironment;

/** The scheme of a cell of a notebook, which is a document of its own. */
export const CELL = 'vscode-notebook-cell';
/** URI schemes of the documents that the server gets; `untitled` ones were never saved. */
export const SERVED_SCHEMES: ReadonlySet<string> = new Set(['file', 'untitled', CELL]);

const MIN_RETRY_DELAY_MS = 500;
const MAX_RETRY_DELAY_MS = 60_000;
/** If the server ran this long, its next failure counts as the first. */
const STABLE_AFTER_MS = 60_000;
const START_TIMEOUT_MS = 20_000;

export class Server implements vscode.Disposable {
  private client: QuietClient | undefined;
  private current: ServerState = { kind: 'stopped' };
  private python: string | undefined;
  /** Those whose place another one has taken while they ran. */
  private readonly replaced = new WeakSet<QuietClient>();
  private finding: Promise<Environment> | undefined;
  private failures = 0;
  private retry: NodeJS.Timeout | undefined;
  private readonly stateChanged = new vscode.EventEmitter<ServerState>();
  readonly onDidChangeState = this.stateChanged.event;
  /** What stands between the editor and the server. Set it before `start`. */
  middleware: Middleware = {};
  private readonly handlers: ((client: QuietClient) => void)[] = [];

  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly places: Places,
  ) {}

  /** The Python that runs the server, while it runs. */
  get interpreter(): string | undefined {
    return this.current.kind === 'running' ? this.python : undefined;
  }

  /** The Python that the server was last started with. */
  get startedWith(): string | undefined {
    return this.python;
  }

  get state(): ServerState {
    return this.current;
  }

  /** Register a handler for a notification, also on the clients after a restart. Call before `start`. */
  onNotification<P>({ method }: NotificationMessage<P>, handler: (params: P) => void): void {
    this.handlers.push((client) => {
      client.onNotification(method, handler);
    });
  }

  /** What the server reports of the request that has `token`. Call while it runs. */
  onWorkDone(token: string, handler: (value: WorkDone) => void): vscode.Disposable {
    return this.client?.onWorkDone(token, handler) ?? new vscode.Disposable(() => undefined);
  }

  async request<P, R>(
    message: RequestMessage<P, R>,
    params: P,
    token?: vscode.CancellationToken,
  ): Promise<R> {
    await this.untilRunning();
    const { client } = this;
    if (client === undefined) {
      throw this.unavailable();
    }
    // The client would send an undefined token as a second parameter.
    const { method } = message;
    try {
      return await (token === undefined
        ? client.sendRequest<R>(method, params)
        : client.sendRequest<R>(method, params, token));
    } catch (error) {
      if (this.replaced.has(client) && token?.isCancellationRequested !== true) {
        return this.request(message, params, token);
      }
      throw error;
    }
  }

  /** Resolves once the server runs. Rejects with a sentence if it cannot run. */
  async untilRunning(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (this.current.kind === 'starting' || this.current.kind === 'restarting') {
      await this.nextStateChange(Math.max(0, deadline - Date.now()));
      if (Date.now() >= deadline) {
        break;
      }
    }
    if (this.current.kind !== 'running') {
      throw this.unavailable();
    }
  }

  /** Resolves once it is known what the server can be started from, if anything. */
  async untilFound(): Promise<void> {
    await this.finding;
  }

  async start(): Promise<void> {
    clearTimeout(this.retry);
    if (this.current.kind !== 'unprepared') {
      this.setState({ kind: 'starting' });
    }
    this.finding = findEnvironment(this.places);
    const environment = await this.finding;
    if (environment.kind === 'unprepared') {
      this.setState(environment);
      this.scheduleStart();
      return;
    }
    const client = await this.createClient(serverCommand(environment));
    this.client = client;
    this.python = environment.interpreter;
    const started = Date.now();
    try {
      await client.start();
    } catch (error) {
      this.log.error(`The server did not start: ${errorSentence(error)}`);
      if (this.client === client) {
        await this.recover(await diagnose(environment), started);
      }
      return;
    }
    this.log.info(`The server runs (${environment.interpreter}).`);
    this.setState({ kind: 'running' });
  }

  /** Go over to the environment that is there now. The old server answers until the new one runs. */
  async replace(): Promise<void> {
    const environment = await findEnvironment(this.places);
    if (this.current.kind !== 'running' || environment.kind === 'unprepared') {
      await this.restart();
      return;
    }
    const client = await this.createClient(serverCommand(environment));
    try {
      await client.start();
    } catch (error) {
      this.log.error(`The new server did not start, the old one stays: ${errorSentence(error)}`);
      await client.dispose().catch(() => undefined);
      return;
    }
    const old = this.client;
    this.client = client;
    this.python = environment.interpreter;
    this.log.info(`The server runs (${environment.interpreter}).`);
    this.setState({ kind: 'running' });
    if (old !== undefined) {
      this.replaced.add(old);
      await old.dispose().catch(() => undefined);
    }
  }

  /** Say what the set-up is doing; the server is started when it is done. */
  settingUp(message: string): void {
    clearTimeout(this.retry);
    this.setState({ kind: 'settingUp', message });
  }

  /** Say why the server cannot run until it is set up. */
  unprepare(message: string): void {
    clearTimeout(this.retry);
    this.setState({ kind: 'unprepared', message, canSetUp: true });
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
    this.setState({ kind: 'stopped' });
    try {
      await client?.dispose();
    } catch (error) {
      this.log.debug(`The server did not stop cleanly: ${errorSentence(error)}`);
    }
  }

  dispose(): void {
    void this.stop();
    this.stateChanged.dispose();
  }

  private async createClient(server: ServerOptions): Promise<QuietClient> {
    const { QuietClient } = await import('./quietClient.js');
    const started = Date.now();
    const options: LanguageClientOptions = {
      documentSelector: [...SERVED_SCHEMES].map((scheme) => ({ scheme })),
      outputChannel: this.log,
      middleware: this.middleware,
    };
    const client = new QuietClient(server, options, async () => {
      // A failure during the start is handled by `start`.
      if (this.client === client && this.current.kind === 'running') {
        await this.recover(undefined, started);
      }
    });
    for (const handler of this.handlers) {
      handler(client);
    }
    return client;
  }

  /** The server died, or did not start for `reason` if the reason is known: report it, and schedule the next start. */
  private async recover(reason: string | undefined, started: number): Promise<void> {
    if (Date.now() - started > STABLE_AFTER_MS) {
      this.failures = 0;
    }
    const { client } = this;
    this.client = undefined;
    const message = reason ?? t('The Semlens server stopped unexpectedly. It is being restarted.');
    this.log.warn(message);
    this.setState(
      reason === undefined
        ? { kind: 'restarting', message }
        : { kind: 'unprepared', message, canSetUp: this.python?.startsWith(this.places.storage) === true },
    );
    this.scheduleStart();
    await client?.dispose().catch(() => undefined);
  }

  /** Try again after a delay that doubles with each failure: a missing Python may be there by then. */
  private scheduleStart(): void {
    const delay = Math.min(MIN_RETRY_DELAY_MS * 2 ** this.failures, MAX_RETRY_DELAY_MS);
    this.failures += 1;
    this.log.debug(`Next attempt in ${Math.round(delay / 100) / 10} s.`);
    this.retry = setTimeout(() => void this.start(), delay);
  }

  private setState(state: ServerState): void {
    this.current = state;
    this.stateChanged.fire(state);
  }

  private unavailable(): Error {
    const { current } = this;
    switch (current.kind) {
      case 'settingUp':
        return new Error(t('Semlens is being set up. {0}.', current.message));
      case 'unprepared':
        return current.canSetUp ? new NotSetUp(current.message) : new Error(current.message);
      case 'restarting':
        return new Error(current.message);
      default:
        return new Error(
          t('The Semlens server does not answer: try again, or run “Semlens: Restart Server”.'),
        );
    }
  }

  private nextStateChange(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        subscription.dispose();
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      const subscription = this.onDidChangeState(done);
    });
  }
}
