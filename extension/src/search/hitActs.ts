/** What is done with the hits of an open list, by keys and by buttons. */

import type * as vscode from 'vscode';
import type { SearchResult } from '../protocol';
import type { KeptIn } from '../results/register';
import { errorSentence } from '../text/format';
import { explain } from './explain';
import { isBlank } from './filterText';
import type { HitActions, HitItem } from './hitItem';
import { itemKey, type ListItem } from './hitList';
import type { HitPickOptions } from './hitPickOptions';
import type { ListTitle } from './listTitle';
import type { Preview } from './preview';

export interface OpenList {
  readonly options: HitPickOptions;
  readonly pick: vscode.QuickPick<ListItem>;
  readonly preview: Preview;
  readonly title: ListTitle;
  /** The answer that is shown. */
  readonly result: SearchResult | undefined;
  /** The hit that a key acts on. Before the answer to what was typed last: the first hit of that answer. */
  chosenHit: () => Promise<HitItem | undefined>;
  /** Shows another list in its place. */
  replace: (options: HitPickOptions) => void;
  /** Closes the list without restoring the editor, and has `show` leave the editor as the user wants it. */
  finishWith: (show: () => Promise<void>) => Promise<void>;
}

/** Each acts on the chosen hit, or on another one. */
export class HitActs implements HitActions {
  constructor(private readonly list: OpenList) {}

  async openToSide(given?: HitItem): Promise<void> {
    const { preview } = this.list;
    const item = given ?? (await this.list.chosenHit());
    if (item !== undefined) {
      await this.list.finishWith(() => preview.openToSide(item));
    }
  }

  async copy(given?: HitItem): Promise<void> {
    const item = given ?? (await this.list.chosenHit());
    if (item !== undefined) {
      this.list.title.say(await this.list.options.copy(item).catch(errorSentence), item);
    }
  }

  /** Say why a hit is there. */
  async explain(given?: HitItem): Promise<void> {
    const { options, pick, replace } = this.list;
    const item = given ?? (await this.list.chosenHit());
    if (item !== undefined) {
      await explain(options, { text: pick.value.trim(), active: itemKey(item) }, item.hit, replace);
    }
  }

  /** Say why nothing matches. */
  whyNothing(): Promise<void> {
    const { options, pick, replace } = this.list;
    return explain(options, { text: pick.value.trim() }, undefined, replace);
  }

  /** Show a hit beside the code that it is like. */
  async compare(given?: HitItem): Promise<void> {
    const { options, preview } = this.list;
    const item = given ?? (await this.list.chosenHit());
    const source = this.list.result?.source;
    if (item !== undefined && source && options.compare !== undefined) {
      await this.list.finishWith(() => preview.clear());
      await options.compare(item, source);
    }
  }

  /** Show all hits in the results view, or in a search editor. */
  async keep(into: KeptIn = 'view'): Promise<void> {
    const { preview, pick } = this.list;
    const { keep, asYouType } = this.list.options;
    const text = asYouType ? pick.value.trim() : '';
    if (keep !== undefined && (!asYouType || !isBlank(text))) {
      await this.list.finishWith(() => preview.clear());
      keep(text, into);
    }
  }
}
