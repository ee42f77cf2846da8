/**
 * A list of hits, which previews each hit that the user moves to.
 *
 * Enter opens, Ctrl+Enter or the button opens to the side, Ctrl+Shift+C or the button copies, Ctrl+I or the button says
 * why, Alt+Enter or the button in the title opens the results view, Escape restores the editor.
 */

import * as vscode from 'vscode';
import type { SearchResult } from '../protocol';
import { errorSentence } from '../text/format';
import { answer } from './answer';
import { createList, keepButton, listButtons } from './createList';
import { Debouncer } from './debouncer';
import { explain } from './explain';
import { whyNothing } from './filterItems';
import { copyButton, whyButton } from './hitItem';
import { activate, firstChoice, itemKey, type ListItem, movedTo, replaceItems } from './hitList';
import { isBlank } from './hitNotes';
import type { HitPickOptions } from './hitPickOptions';
import { Preview } from './preview';
import type { Left } from './questions';
import { suggest } from './suggestions';

const TYPE_AFTER_MS = 20;
/** While code is still being read, ask the same question again after this time. */
const ASK_AGAIN_AFTER_MS = 1_500;

/** The list that is open, and what a list leaves to the next one. */
export interface Lists {
  open?: HitPick | undefined;
  /** The preview of a list that was just closed: a list that opens before the editor is restored takes it over. */
  closing?: Preview | undefined;
  show: (options: HitPickOptions) => void;
}

export class HitPick {
  private readonly pick: vscode.QuickPick<ListItem>;
  private request: vscode.CancellationTokenSource | undefined;
  private readonly debouncer = new Debouncer();
  private closed = false;
  /** The text that the items answer; undefined for suggestions. */
  private answered: string | undefined;
  /** What the list opened with, until the user changes the text. */
  private start: Left | undefined;
  /** Without what was copied. */
  private title: string;

  constructor(
    private readonly options: HitPickOptions,
    private readonly preview: Preview,
    private readonly lists: Lists,
  ) {
    const pick = createList(options);
    this.pick = pick;
    this.title = options.title;
    pick.onDidChangeValue(() => {
      this.changed();
    });
    pick.onDidChangeActive(([item]) => {
      pick.title = this.title;
      this.previewSoon(item);
    });
    pick.onDidAccept(() => void this.accept());
    pick.onDidTriggerButton((button) => {
      void (button === keepButton ? this.keep() : this.explain(whyNothing('')));
    });
    pick.onDidTriggerItemButton(({ item, button }) => {
      const acts = [this.copy.bind(this), this.explain.bind(this), this.openToSide.bind(this)] as const;
      void (acts[[copyButton, whyButton].indexOf(button)] ?? acts[2])(item);
    });
    pick.onDidHide(() => void this.hidden());
  }

  show(start?: Left): void {
    void vscode.commands.executeCommand('setContext', 'semlens.resultsVisible', true);
    const { asYouType, text } = this.options;
    if (start !== undefined && text === undefined) {
      this.start = start;
      this.pick.value = start.text; // the editor selects a text that is there when the list opens
    }
    this.pick.show();
    if (!asYouType || !isBlank(this.pick.value)) {
      void this.ask();
    } else {
      this.suggest();
      if (text !== undefined) {
        // Later, so that it is not selected, and the first key does not replace it.
        setTimeout(() => {
          this.type(text);
        }, TYPE_AFTER_MS);
      }
    }
  }

  /** Close, and return the preview for the list that replaces this one; undefined if already closed. */
  handOver(): Preview | undefined {
    if (this.closed) {
      return undefined;
    }
    this.closed = true;
    this.leave();
    this.dispose();
    return this.preview;
  }

  async openToSide(item: ListItem | undefined = this.pick.activeItems[0]): Promise<void> {
    if (item !== undefined && 'uri' in item) {
      await this.finishWith(() => this.preview.openToSide(item));
    }
  }

  async copy(item: ListItem | undefined = this.pick.activeItems[0]): Promise<void> {
    if (item === undefined || !('uri' in item)) {
      return;
    }
    try {
      this.pick.title = await this.options.copy(item);
    } catch (error) {
      this.pick.title = errorSentence(error);
    }
  }

  /** Say why the hit is there, or for an item without a hit, why nothing is. */
  async explain(item: ListItem | undefined = this.pick.activeItems[0]): Promise<void> {
    const text = this.pick.value.trim();
    if (item !== undefined && ('uri' in item || item.saysWhy)) {
      await explain(
        this.options,
        { text, active: itemKey(item) },
        'uri' in item ? item.hit : undefined,
        this.lists.show,
      );
    }
  }

  /** Show the hits in the results view. */
  async keep(): Promise<void> {
    const { keep, asYouType } = this.options;
    const text = asYouType ? this.pick.value.trim() : '';
    if (keep !== undefined && (!asYouType || !isBlank(text))) {
      await this.finishWith(() => this.preview.clear());
      keep(text);
    }
  }

  private type(text: string): void {
    this.pick.value = text;
    this.changed();
  }

  private changed(): void {
    if (!this.options.asYouType) {
      return;
    }
    if (this.pick.value !== this.start?.text) {
      this.start = undefined;
    }
    if (isBlank(this.pick.value)) {
      this.seen();
      this.request?.cancel();
      this.debouncer.reset();
      this.pick.busy = false;
      this.suggest();
    } else {
      if (this.answered === undefined) {
        this.pick.items = [];
      }
      this.debouncer.typed(() => void this.ask());
    }
  }

  /** Show the answer to the text; ask again if a better answer is to come. */
  private async ask(wait = false): Promise<void> {
    this.request?.cancel();
    const request = new vscode.CancellationTokenSource();
    this.request = request;
    this.debouncer.reset();
    this.pick.busy = true;
    const text = this.pick.value;
    const { items, title, result } = await answer(this.options, { text, wait }, request.token);
    if (!request.token.isCancellationRequested && !this.closed) {
      const isSameText = text.trim() === this.answered;
      this.answered = text.trim();
      this.pick.busy = false;
      this.title = title;
      this.pick.title = title;
      this.pick.buttons = listButtons(this.options, result);
      replaceItems(this.pick, items, isSameText);
      activate(this.pick, this.start?.active);
      this.askAgain(result, wait);
    }
    request.dispose();
  }

  /** Ask once more for a model that is being loaded, and repeatedly while code is being read. */
  private askAgain(result: SearchResult | undefined, waited: boolean): void {
    if (result === undefined || this.debouncer.isPending) {
      return;
    }
    if (result.partial && !waited) {
      void this.ask(true);
    } else if (result.coverage.instant < 1) {
      this.debouncer.schedule(ASK_AGAIN_AFTER_MS, () => void this.ask(waited));
    }
  }

  private suggest(): void {
    this.answered = undefined;
    void suggest(this.pick, this.options, () => this.closed);
  }

  /** Preview a hit. Without a hit in the list the editor is as it was before. */
  private previewSoon(item: ListItem | undefined): void {
    if (!this.closed && item !== undefined && 'uri' in item) {
      this.preview.showSoon(item, this.debouncer.previewDelay);
    } else if (!this.closed && !this.hasHits) {
      void this.preview.clear();
    }
  }

  private get hasHits(): boolean {
    return this.pick.items.some((item) => 'uri' in item);
  }

  /** Note the text if the list shows its hits. */
  private seen(): void {
    if (this.options.asYouType && this.answered && this.hasHits) {
      this.options.onAnswered?.(this.answered);
    }
  }

  private leave(): void {
    this.seen();
    this.options.onLeave?.({ text: this.pick.value.trim(), active: movedTo(this.pick) });
  }

  private async accept(): Promise<void> {
    const item = await this.chosenItem();
    if (item === undefined || this.closed) {
      return;
    }
    if (!('uri' in item)) {
      if (item.suggestion !== undefined) {
        this.type(item.suggestion);
      }
      await this.explain(item);
      return;
    }
    await this.finishWith(() => this.preview.open(item));
  }

  /** The active item. If Enter came before the answer to the text: the first item of that answer. */
  private async chosenItem(): Promise<ListItem | undefined> {
    const text = this.pick.value.trim();
    if (!this.options.asYouType || isBlank(text) || text === this.answered) {
      return this.pick.activeItems[0];
    }
    await this.ask();
    return text === this.answered ? firstChoice(this.pick.items) : undefined;
  }

  /** Close the list without restoring the editor, and have `show` leave the editor as the user wants it. */
  private async finishWith(show: () => Promise<void>): Promise<void> {
    this.closed = true;
    this.leave();
    this.pick.hide();
    await show();
    this.preview.dispose();
    this.dispose();
  }

  private async hidden(): Promise<void> {
    if (this.lists.open === this || this.lists.open === undefined) {
      void vscode.commands.executeCommand('setContext', 'semlens.resultsVisible', false);
    }
    this.debouncer.reset();
    this.request?.cancel();
    if (!this.closed) {
      this.closed = true;
      this.leave();
      this.lists.closing = this.preview;
      if (await this.preview.leave()) {
        this.lists.closing = undefined;
        this.preview.dispose();
      }
      this.dispose();
    }
  }

  private dispose(): void {
    this.pick.dispose();
    if (this.lists.open === this) {
      this.lists.open = undefined;
    }
  }
}
