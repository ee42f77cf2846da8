/** The title of a list of hits with its buttons, and what is said of a copy in its place. */

import type * as vscode from 'vscode';
import type { SearchResult } from '../protocol';
import { itemKey, type ListItem } from './hitList';
import type { HitPickOptions } from './hitPickOptions';
import { listButtons, setButtons } from './listButtons';

export class ListTitle {
  private text: string;
  /** Shown until the user moves to an item with another key. */
  private said: { text: string; key: string } | undefined;
  private result: SearchResult | undefined;

  constructor(
    private readonly pick: vscode.QuickPick<ListItem>,
    private readonly options: HitPickOptions,
  ) {
    this.text = options.title;
  }

  answered(text: string, result: SearchResult | undefined): void {
    this.text = text;
    this.result = result;
    this.draw();
  }

  say(text: string, about: ListItem): void {
    this.said = { text, key: itemKey(about) };
    this.draw();
  }

  moved(item: ListItem | undefined): void {
    if (this.said !== undefined && item !== undefined && itemKey(item) !== this.said.key) {
      this.said = undefined;
      this.draw();
    }
  }

  /** Again after the question has changed, which the buttons follow. */
  draw(): void {
    this.pick.title = this.said?.text ?? this.text;
    setButtons(this.pick, listButtons(this.options, this.pick.value, this.result));
  }
}
