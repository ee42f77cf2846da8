/**
 * Asks what is typed into a list, and again as long as a better answer is to come.
 *
 * A key is asked at once if no answer is awaited, else at a pause of typing or with that answer: so who types slowly
 * waits for nothing, and who types faster than the server answers does not ask about each key.
 */

import * as vscode from 'vscode';
import type { SearchResult } from '../protocol';
import { type Answer, answer } from './answer';
import { Debouncer } from './debouncer';
import type { ListItem } from './hitList';
import type { HitPickOptions } from './hitPickOptions';

/** While code is still being read, ask the same question again after this time. */
const ASK_AGAIN_AFTER_MS = 1_500;

export class Asker {
  private request: vscode.CancellationTokenSource | undefined;
  /** Whether an answer to a key is to come at once, not a better one later. */
  private isAwaited = false;
  private readonly debouncer = new Debouncer();
  /** The text that the items answer; undefined for suggestions. */
  answered: string | undefined;

  constructor(
    private readonly options: HitPickOptions,
    private readonly pick: vscode.QuickPick<ListItem>,
    private readonly show: (answer: Answer, isSameText: boolean) => void,
  ) {}

  /** Milliseconds to wait before a preview. */
  get previewDelay(): number {
    return this.debouncer.previewDelay;
  }

  /** The user typed: ask, now or soon. */
  typed(): void {
    this.debouncer.typed(() => void this.ask());
    if (!this.isAwaited) {
      void this.ask();
    }
  }

  /** Show the answer to the text; ask again if a better answer is to come. */
  async ask(wait = false): Promise<void> {
    this.request?.cancel();
    const request = new vscode.CancellationTokenSource();
    this.request = request;
    this.debouncer.reset();
    this.isAwaited = !wait;
    this.pick.busy = true;
    const text = this.pick.value;
    const found = await answer(this.options, { text, wait }, request.token);
    if (!request.token.isCancellationRequested) {
      const isSameText = text.trim() === this.answered;
      this.answered = text.trim();
      this.isAwaited = false;
      this.pick.busy = false;
      this.show(found, isSameText);
      this.askAgain(found.result, wait);
    }
    request.dispose();
  }

  /** Ask nothing, until the user types again. */
  stop(): void {
    this.request?.cancel();
    this.debouncer.reset();
    this.isAwaited = false;
    this.pick.busy = false;
  }

  /** Ask what was typed meanwhile; once more for a model that is being loaded, repeatedly while code is being read. */
  private askAgain(result: SearchResult | undefined, waited: boolean): void {
    if (this.debouncer.isPending) {
      void this.ask();
    } else if (result === undefined) {
      return;
    } else if (result.partial && !waited) {
      void this.ask(true);
    } else if (result.coverage.instant < 1) {
      this.debouncer.schedule(ASK_AGAIN_AFTER_MS, () => void this.ask(waited));
    }
  }
}
