/**
 * A list of places in the code that previews while the user moves through it.
 *
 * Enter opens, Ctrl+Enter or the button opens to the side, Ctrl+Shift+C or the button copies, Escape
 * puts everything back.
 */

import * as vscode from 'vscode';
import { copyButton, type HitItem } from './hitItem';
import { type Item, listed, nameOf } from './hitList';
import { isBlank, nothingAsked, nothingFound, type NoteItem, progressNote } from './hitNotes';
import { Pace } from './pace';
import { Preview } from './preview';
import type { SearchResult } from './protocol';
import { literal, sentence } from './words';

export interface HitPickOptions {
  title: string;
  placeholder: string;
  /** What answers; with `asYouType` it is asked again whenever the text changes. */
  ask: (question: Question, token: vscode.CancellationToken) => Promise<SearchResult>;
  asYouType: boolean;
  text?: string;
  /** What to offer while nothing is typed. */
  suggestions?: readonly NoteItem[];
  opened?: (text: string) => void;
  /** Puts a hit on the clipboard, and says what was copied. */
  copy: (hit: HitItem) => Promise<string>;
}

export interface Question {
  text: string;
  /** Rather wait for a model that is being loaded than be answered without. */
  wait: boolean;
}

const TYPE_AFTER_MS = 20;
/** While code is still being read, the same question may have a better answer this much later. */
const ASK_AGAIN_AFTER_MS = 1_500;

/** The list that is open, for commands that act on it. */
let open: HitPick | undefined;
/** The preview of a list that was closed just now: a list that opens before it is put back takes it over. */
let left: Preview | undefined;

export function showHits(options: HitPickOptions): void {
  const preview = open?.handOver() ?? left ?? new Preview();
  left = undefined;
  preview.resume();
  open = new HitPick(options, preview);
  open.show();
}

export async function openActiveToSide(): Promise<void> {
  await open?.openToSide();
}

export async function copyActive(): Promise<void> {
  await open?.copy();
}

class HitPick {
  private readonly pick = vscode.window.createQuickPick<Item>();
  private asking: vscode.CancellationTokenSource | undefined;
  private readonly pace = new Pace();
  private previewTimer: NodeJS.Timeout | undefined;
  private done = false;
  /** The text that the items answer. */
  private answered: string | undefined;

  constructor(
    private readonly options: HitPickOptions,
    private readonly preview: Preview,
  ) {
    const { pick } = this;
    pick.title = options.title;
    pick.placeholder = options.placeholder;
    pick.matchOnDescription = !options.asYouType;
    pick.matchOnDetail = !options.asYouType;
    keepOrder(pick);
    pick.onDidChangeValue(() => {
      this.changed();
    });
    pick.onDidChangeActive(([item]) => {
      this.previewSoon(item);
    });
    pick.onDidAccept(() => void this.accept());
    pick.onDidTriggerItemButton(
      ({ item, button }) => void (button === copyButton ? this.copy(item) : this.openToSide(item)),
    );
    pick.onDidHide(() => void this.hidden());
  }

  show(): void {
    void vscode.commands.executeCommand('setContext', 'semlens.resultsVisible', true);
    const { asYouType, text } = this.options;
    this.pick.show();
    if (!asYouType) {
      void this.ask();
    } else {
      this.suggest();
      if (text !== undefined) {
        // What a list is opened with is selected, and the first key would replace it.
        setTimeout(() => {
          this.type(text);
        }, TYPE_AFTER_MS);
      }
    }
  }

  /** Close, and give what was previewed to the list that takes this one's place. */
  handOver(): Preview | undefined {
    if (this.done) {
      return undefined;
    }
    this.done = true;
    this.dispose();
    return this.preview;
  }

  async openToSide(item: Item | undefined = this.pick.activeItems[0]): Promise<void> {
    if (item !== undefined && 'uri' in item) {
      this.finish();
      await this.preview.openToSide(item);
      this.preview.dispose();
      this.dispose();
    }
  }

  async copy(item: Item | undefined = this.pick.activeItems[0]): Promise<void> {
    if (item === undefined || !('uri' in item)) {
      return;
    }
    try {
      this.pick.title = await this.options.copy(item);
    } catch (error) {
      this.pick.title = sentence(error);
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
    if (isBlank(this.pick.value)) {
      this.asking?.cancel();
      this.pace.reset();
      this.pick.busy = false;
      this.suggest();
    } else {
      if (this.answered === undefined) {
        this.pick.items = [];
      }
      this.pace.typed(() => void this.ask());
    }
  }

  /** Show what answers the text and, when that is not all that there will be, what answers it later. */
  private async ask(wait = false): Promise<void> {
    this.asking?.cancel();
    const asking = new vscode.CancellationTokenSource();
    this.asking = asking;
    this.pace.reset();
    this.pick.busy = true;
    let items: Item[];
    let title = this.options.title;
    let result: SearchResult | undefined;
    const text = this.pick.value.trim();
    try {
      result = await this.options.ask({ text, wait }, asking.token);
      items = listed(result, this.options.asYouType, text);
      title += progressNote(result);
      if (items.length === 0) {
        items = [nothingFound(result, text)];
      }
    } catch (error) {
      items = [{ label: '$(warning) No answer', detail: literal(sentence(error)), alwaysShow: true }];
    }
    if (!asking.token.isCancellationRequested && !this.done) {
      const again = text === this.answered;
      this.answered = text;
      this.pick.busy = false;
      this.pick.title = title;
      this.put(items, again);
      this.askAgain(result, wait);
    }
    asking.dispose();
  }

  /** The model that is being loaded is waited for once; code that is being read, until all is read. */
  private askAgain(result: SearchResult | undefined, waited: boolean): void {
    if (result === undefined || this.pace.hasUnasked) {
      return;
    }
    if (result.partial && !waited) {
      void this.ask(true);
    } else if (result.coverage.files > 0 && result.coverage.instant < 1) {
      this.pace.after(ASK_AGAIN_AFTER_MS, () => void this.ask(waited));
    }
  }

  /** Answers to the same question leave the user on the hit that they moved to. */
  private put(items: Item[], again: boolean): void {
    const [active] = this.pick.activeItems;
    const moved = again && active !== undefined && active !== this.pick.items[0];
    if (again && items.map(nameOf).join('\n') === this.pick.items.map(nameOf).join('\n')) {
      return;
    }
    this.pick.keepScrollPosition = moved;
    this.pick.items = items;
    if (moved) {
      this.pick.activeItems = items.filter((item) => nameOf(item) === nameOf(active));
    }
  }

  private suggest(): void {
    this.answered = undefined;
    this.pick.items = this.pick.value.trim() === '' ? (this.options.suggestions ?? []) : [nothingAsked];
  }

  private previewSoon(item: Item | undefined): void {
    clearTimeout(this.previewTimer);
    if (!this.done && item !== undefined && 'uri' in item) {
      this.previewTimer = setTimeout(() => void this.preview.show(item), this.pace.showAfter);
    }
  }

  private async accept(): Promise<void> {
    const item = await this.chosen();
    if (item === undefined || this.done) {
      return;
    }
    if (!('uri' in item)) {
      if (item.suggestion !== undefined) {
        this.type(item.suggestion);
      }
      return;
    }
    this.finish();
    await this.preview.open(item);
    this.preview.dispose();
    this.dispose();
  }

  /** The active item; the first answer to what was typed if Enter came before it. */
  private async chosen(): Promise<Item | undefined> {
    const text = this.pick.value.trim();
    if (!this.options.asYouType || isBlank(text) || text === this.answered) {
      return this.pick.activeItems[0];
    }
    await this.ask();
    return text === this.answered ? this.pick.items[0] : undefined;
  }

  /** The user has chosen: the list goes, and nothing is put back. */
  private finish(): void {
    this.done = true;
    clearTimeout(this.previewTimer);
    this.options.opened?.(this.pick.value.trim());
    this.pick.hide();
  }

  private async hidden(): Promise<void> {
    if (open === this || open === undefined) {
      void vscode.commands.executeCommand('setContext', 'semlens.resultsVisible', false);
    }
    this.pace.reset();
    clearTimeout(this.previewTimer);
    this.asking?.cancel();
    if (!this.done) {
      this.done = true;
      left = this.preview;
      if (await this.preview.leave()) {
        left = undefined;
        this.preview.dispose();
      }
      this.dispose();
    }
  }

  private dispose(): void {
    this.pick.dispose();
    if (open === this) {
      open = undefined;
    }
  }
}

/** Order is the server's. The editor has an option for it that its published types leave out. */
function keepOrder(pick: vscode.QuickPick<Item>): void {
  (pick as { sortByLabel?: boolean }).sortByLabel = false;
}
