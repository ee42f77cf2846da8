/**
 * A list of hits, which previews each hit that the user moves to.
 *
 * Enter opens, Ctrl+Enter or the button opens to the side, Ctrl+Shift+C or the button copies, Ctrl+I or the button says
 * why, Alt+Enter or the button in the title opens the results view, Escape restores the editor.
 */

import * as vscode from 'vscode';
import type { SearchResult } from '../protocol';
import type { Answer } from './answer';
import { Asker } from './asker';
import { isBlank, toggled } from './filterText';
import { HitActs, type OpenList } from './hitActs';
import type { HitButton, HitItem } from './hitItem';
import {
  activate,
  activeItem,
  createList,
  firstChoice,
  hasHits,
  type ListItem,
  movedTo,
  replaceItems,
} from './hitList';
import { removeButton } from './hitNotes';
import type { FilterToggle, HitPickOptions } from './hitPickOptions';
import type { ListActions, ListButton } from './listButtons';
import { ListTitle } from './listTitle';
import { Preview } from './preview';
import type { Left } from './questions';
import { chooseScope } from './scopePick';
import { suggest } from './suggestions';

const TYPE_AFTER_MS = 20;

/** The list that is open, and what a list leaves to the next one. */
export interface Lists {
  open?: HitPick | undefined;
  /** The preview of a list that was just closed: a list that opens before the editor is restored takes it over. */
  closing?: Preview | undefined;
  show: (options: HitPickOptions) => void;
}

export class HitPick implements OpenList, ListActions {
  readonly pick: vscode.QuickPick<ListItem>;
  readonly title: ListTitle;
  readonly replace: Lists['show'];
  readonly acts = new HitActs(this);
  result: SearchResult | undefined;
  private readonly asker: Asker;
  private closed = false;
  /** What the list opened with, until the user changes the text. */
  private start: Left | undefined;

  constructor(
    readonly options: HitPickOptions,
    readonly preview: Preview,
    private readonly lists: Lists,
  ) {
    this.pick = createList(options);
    this.replace = lists.show;
    this.title = new ListTitle(this.pick, options);
    this.asker = new Asker(options, this.pick, (found, isSameText) => {
      this.answer(found, isSameText);
    });
    this.listen();
  }

  show(start?: Left): void {
    void vscode.commands.executeCommand('setContext', 'semlens.resultsVisible', true);
    const { asYouType, text } = this.options;
    if (start !== undefined && text === undefined) {
      this.start = start;
      this.pick.value = start.text; // the editor selects a text that is there when the list opens
    }
    this.title.draw();
    this.pick.show();
    if (!asYouType || !isBlank(this.pick.value)) {
      void this.asker.ask();
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

  /** Put the filter of a toggle into the question, or take it out. */
  toggle(name: FilterToggle['name']): void {
    const toggle = this.options.toggles?.find((one) => one.name === name);
    if (toggle !== undefined) {
      this.type(toggled(this.pick.value, toggle.filter));
    }
  }

  /** Choose a scope in another list, which leads back to this one. */
  chooseScope(): void {
    chooseScope(this.options, this.pick.value, this.replace);
  }

  async chosenHit(): Promise<HitItem | undefined> {
    const item = await this.chosenItem();
    return item !== undefined && 'uri' in item && !this.closed ? item : undefined;
  }

  private listen(): void {
    const { pick } = this;
    pick.onDidChangeValue(() => {
      this.changed();
    });
    pick.onDidChangeActive(([item]) => {
      this.title.moved(item);
      this.previewSoon(item);
    });
    pick.onDidAccept(() => void this.accept());
    pick.onDidTriggerButton((button) => (button as ListButton).act(this));
    pick.onDidTriggerItemButton(({ item, button }) => {
      if ('uri' in item) {
        (button as HitButton).act(this.acts, item);
      } else if (button === removeButton) {
        item.remove?.();
        this.suggest();
      }
    });
    pick.onDidHide(() => void this.hidden());
  }

  private get text(): string {
    return this.pick.value.trim();
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
      this.asker.stop();
      this.suggest();
    } else {
      if (this.asker.answered === undefined) {
        this.pick.items = [];
      }
      this.asker.typed();
    }
    this.title.draw();
  }

  private answer({ items, title, result }: Answer, isSameText: boolean): void {
    if (this.closed) {
      return;
    }
    this.result = result;
    this.title.answered(title, result);
    replaceItems(this.pick, items, isSameText);
    activate(this.pick, this.start?.active);
  }

  private suggest(): void {
    this.asker.answered = undefined;
    this.title.answered(this.options.title, undefined);
    void suggest(this.pick, this.options, () => this.closed);
  }

  /** Preview a hit. Without a hit in the list the editor is as it was before. */
  private previewSoon(item: ListItem | undefined): void {
    if (!this.closed && item !== undefined && 'uri' in item) {
      this.preview.showSoon(item, this.asker.previewDelay);
    } else if (!this.closed && !hasHits(this.pick)) {
      void this.preview.clear();
    }
  }

  /** Note the text if the list shows its hits. */
  private seen(): void {
    if (this.options.asYouType && this.asker.answered && hasHits(this.pick)) {
      this.options.onAnswered?.(this.asker.answered);
    }
  }

  private leave(): void {
    this.seen();
    this.options.onLeave?.({ text: this.text, active: movedTo(this.pick) });
  }

  private async accept(): Promise<void> {
    const item = await this.chosenItem();
    if (item === undefined || this.closed) {
      return;
    }
    if ('uri' in item) {
      await this.finishWith(() => this.preview.open(item));
    } else if (item.suggestion !== undefined) {
      this.type(item.suggestion);
    } else if (item.saysWhy) {
      await this.acts.whyNothing();
    } else {
      item.act?.();
    }
  }

  /** The active item. Before the answer to the text: the first item of that answer. */
  private async chosenItem(): Promise<ListItem | undefined> {
    const { text } = this;
    if (!this.options.asYouType || isBlank(text) || text === this.asker.answered) {
      return activeItem(this.pick);
    }
    await this.asker.ask();
    return text === this.asker.answered ? firstChoice(this.pick.items) : undefined;
  }

  /** Close the list without restoring the editor, and have `show` leave the editor as the user wants it. */
  async finishWith(show: () => Promise<void>): Promise<void> {
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
    this.asker.stop();
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
    this.asker.stop();
    this.pick.dispose();
    if (this.lists.open === this) {
      this.lists.open = undefined;
    }
  }
}
