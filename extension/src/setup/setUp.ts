/** The set-up as the user sees it: asked once, shown while it runs, finished in the background, repaired. */

import * as vscode from 'vscode';
import type { Server } from '../server/server';
import { errorSentence } from '../text/format';
import { Installer, SetUpFailure, type Step } from './installer';
import { findOwnEnvironment, type Places, readManifest, type Stage } from './parts';
import { refreshPathCommand } from './pathCommand';
import { which } from './processes';
import { findPython, pythonByUv } from './pythons';
import { asksToSetUp, sayReady } from './sayings';
import { NEEDING, needsFull, wantsFull } from './stages';
import { t } from '../text/words';
import { describe } from './steps';

const DECLINED_KEY = 'semlens.setUpDeclined';
/** The version whose full stage failed, as the user was told. */
const FULL_FAILED_KEY = 'semlens.fullStageFailed';
const TRY_AGAIN = t('Try Again');
const SHOW_LOG = t('Show Log');
/** The full stage waits so long after the base stage: the first index and the first answers come first. */
const FULL_DELAY_MS = 20_000;

export class SetUp implements vscode.Disposable {
  private readonly installer: Installer;
  private running = false;
  private readonly ends = new vscode.EventEmitter<void>();
  private cancelling: vscode.CancellationTokenSource | undefined;
  private readonly settings: vscode.Disposable;
  private later: NodeJS.Timeout | undefined;

  constructor(
    private readonly places: Places,
    private readonly memory: vscode.Memento,
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.installer = new Installer(places, log);
    this.settings = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('semlens.interpreter')) {
        void this.server.restart().then(() => this.offerIfWanted());
      } else if (NEEDING.some((name) => event.affectsConfiguration(`semlens.${name}`))) {
        void this.maintain();
      }
    });
  }

  dispose(): void {
    clearTimeout(this.later);
    this.settings.dispose();
    this.cancelling?.cancel();
    this.ends.dispose();
  }

  /** Stop what runs, and resolve when it has ended. */
  async stop(): Promise<void> {
    clearTimeout(this.later);
    if (this.running) {
      const ended = new Promise<void>((resolve) => {
        const listening = this.ends.event(() => {
          listening.dispose();
          resolve();
        });
      });
      this.cancelling?.cancel();
      await ended;
    }
  }

  /** Start the server from what is there, then make what is missing: asks first where nothing was ever made. */
  async begin(): Promise<void> {
    await this.server.start();
    if ((await findOwnEnvironment(this.places)) !== undefined) {
      await this.maintain();
    } else if (this.isWanted && !this.memory.get<boolean>(DECLINED_KEY, false)) {
      await this.offer();
    }
  }

  private async offerIfWanted(): Promise<void> {
    if (this.isWanted) {
      await this.offer();
    }
  }

  /** Whether a request that cannot be answered is to lead to `offer`. */
  get isWanted(): boolean {
    const { state } = this.server;
    return state.kind === 'unprepared' && state.canSetUp && !this.running;
  }

  /** As `isWanted`, once it is known what the server can be started from. */
  async isWantedNow(): Promise<boolean> {
    await this.server.untilFound();
    return this.isWanted;
  }

  /** Ask whether to set Semlens up, and do it. */
  async offer(): Promise<void> {
    const manifest = await readManifest(this.places);
    if (manifest === undefined || this.running) {
      return;
    }
    const python = await this.python();
    if (python === undefined) {
      return;
    }
    const agreed = await asksToSetUp(manifest);
    await this.memory.update(DECLINED_KEY, !agreed);
    if (agreed) {
      await this.make('base', python);
    }
  }

  /** Replace what is old or damaged, and add the full stage if it is wanted. Search goes on meanwhile. */
  async maintain(): Promise<void> {
    const own = await findOwnEnvironment(this.places);
    const manifest = await readManifest(this.places);
    if (own === undefined || this.running || manifest === undefined) {
      return;
    }
    const usesOwn = this.server.startedWith === own.interpreter;
    const search = usesOwn ? await findPython(this.places.storage) : undefined;
    if (search?.kind !== 'found') {
      return;
    }
    const stage = wantsFull(manifest) ? 'full' : 'base';
    if (!own.current) {
      this.log.info('This version needs a new environment; the old one serves meanwhile.');
      await this.make('base', search.python, true);
    } else if (!(await this.installer.isWhole(search.python))) {
      this.log.warn('Files of the environment are missing or damaged: it is made anew.');
      await this.make(own.full ? 'full' : 'base', search.python, true);
    } else if (stage === 'full' && !own.full) {
      await this.make('full', search.python, true);
    }
  }

  private async make(stage: Stage, python: string, inBackground = false): Promise<void> {
    if (this.running) {
      return;
    }
    this.running = true;
    let made = false;
    let failure: unknown;
    try {
      made = await this.showProgress(stage, python, inBackground);
    } catch (error) {
      failure = error;
    }
    try {
      await this.goOver(made && stage === 'full' && needsFull());
    } finally {
      this.running = false;
      this.ends.fire();
    }
    if (made && !inBackground && this.server.state.kind === 'running') {
      void sayReady();
    }
    if (failure !== undefined) {
      await this.report(failure, stage, python, inBackground);
    } else if (made && stage === 'base' && wantsFull(await readManifest(this.places))) {
      this.later = setTimeout(() => void this.maintain(), needsFull() ? 0 : FULL_DELAY_MS);
    } else if (!made && !inBackground) {
      this.server.unprepare(t('Setting up was cancelled. Search by meaning starts it again.'));
    }
  }

  /** Have the server run from the newest environment; `anew` if it is to notice what was added to its own. */
  private async goOver(anew: boolean): Promise<void> {
    const own = await findOwnEnvironment(this.places);
    if (own !== undefined && (anew || this.server.interpreter !== own.interpreter)) {
      await this.server.replace();
      await refreshPathCommand(own.interpreter);
    }
  }

  private async showProgress(stage: Stage, python: string, inBackground: boolean): Promise<boolean> {
    const title = inBackground
      ? stage === 'full'
        ? t('Semlens adds PyTorch, for other models')
        : t('Semlens prepares its new version')
      : t('Setting up Semlens ([Show Log](command:semlens.showLog))');
    const location = inBackground ? vscode.ProgressLocation.Window : vscode.ProgressLocation.Notification;
    const options = { location, title, cancellable: !inBackground };
    const cancelling = new vscode.CancellationTokenSource();
    this.cancelling = cancelling;
    return vscode.window.withProgress(options, async (progress, token) => {
      token.onCancellationRequested(() => {
        cancelling.cancel();
      });
      let shown = 0;
      const onStep = (step: Step): void => {
        const reached = step.total > 0 ? Math.round((step.done / step.total) * 100) : shown;
        const message = describe(step);
        progress.report({ message, increment: Math.max(0, reached - shown) });
        shown = Math.max(shown, reached);
        if (this.server.state.kind === 'unprepared' || this.server.state.kind === 'settingUp') {
          this.server.settingUp(message);
        }
      };
      onStep({ step: t('Starting'), done: 0, total: 0 });
      return this.installer.install(python, stage, onStep, cancelling.token);
    });
  }

  private async report(failure: unknown, stage: Stage, python: string, inBackground: boolean): Promise<void> {
    const message = errorSentence(failure);
    this.log.error(message);
    const command = failure instanceof SetUpFailure ? failure.command : '';
    if (this.server.state.kind === 'settingUp') {
      this.server.unprepare(message);
    }
    const isFull = stage === 'full' && inBackground;
    if (isFull && !(await this.isNews())) {
      return;
    }
    const copy = t('Copy Command');
    const buttons = [TRY_AGAIN, ...(command === '' ? [] : [copy]), SHOW_LOG];
    const show = inBackground ? vscode.window.showWarningMessage : vscode.window.showErrorMessage;
    const said = isFull ? t('Search works, but PyTorch could not be added. {0}', message) : message;
    const chosen = await show(said, ...buttons);
    if (chosen === TRY_AGAIN) {
      await this.make(stage, python, inBackground);
    } else if (chosen === SHOW_LOG) {
      this.log.show();
    } else if (chosen === copy) {
      await vscode.env.clipboard.writeText(command);
    }
  }

  /** Whether the full stage has failed for the first time in this version: it is tried at every start. */
  private async isNews(): Promise<boolean> {
    const key = (await readManifest(this.places))?.key;
    const known = this.memory.get<string>(FULL_FAILED_KEY);
    await this.memory.update(FULL_FAILED_KEY, key);
    return known !== key;
  }

  /** A Python to make an environment from; if there is none, the user is led to one. */
  private async python(): Promise<string | undefined> {
    const search = await findPython(this.places.storage);
    if (search.kind === 'found') {
      return search.python;
    }
    this.server.unprepare(search.message);
    const uv = await which('uv');
    const byUv = t('Let uv Provide One');
    const buttons = [t('Get Python'), ...(uv === undefined ? [] : [byUv]), t('Choose Python…'), TRY_AGAIN];
    const chosen = await vscode.window.showWarningMessage(search.message, ...buttons);
    if (chosen === t('Get Python')) {
      await vscode.env.openExternal(vscode.Uri.parse('https://www.python.org/downloads/'));
    } else if (chosen === t('Choose Python…')) {
      await vscode.commands.executeCommand('semlens.choosePython');
    } else if (chosen === byUv && uv !== undefined) {
      await this.fetchPython(uv);
    }
    return chosen === TRY_AGAIN || chosen === byUv ? this.python() : undefined;
  }

  private async fetchPython(uv: string): Promise<void> {
    const options = { location: vscode.ProgressLocation.Notification, title: t('uv fetches a Python') };
    try {
      await vscode.window.withProgress(options, () => pythonByUv(uv, this.places.storage));
    } catch (error) {
      void vscode.window.showErrorMessage(errorSentence(error));
    }
  }
}
