/**
 * A list of places in the code that previews while the user moves through it.
 *
 * Enter opens, Ctrl+Enter or the button opens to the side, Escape puts everything back.
 */

import * as vscode from 'vscode';
import { type HitItem, hitItem } from './hitItem';
import { Preview } from './preview';
import type { Hit, SearchResult } from './protocol';
import { literal, percent, sentence } from './words';

export interface HitPickOptions {
  title: string;
  placeholder: string;
  /** What answers; with `asYouType` it is asked again whenever the text changes. */
  ask: (text: string, token: vscode.CancellationToken) => Promise<SearchResult>;
  asYouType: boolean;
  text?: string;
  /** Texts to offer while nothing is typed. */
  suggestions?: readonly string[];
  opened?: (text: string) => void;
}

interface NoteItem extends vscode.QuickPickItem {
  suggestion?: string;
}

type Item = HitItem | NoteItem;

const ASK_AFTER_MS = 120;
const PREVIEW_AFTER_MS = 60;

/** The list that is open, for commands that act on it. */
let open: HitPick | undefined;

export function showHits(options: HitPickOptions): void {
  open = new HitPick(options);
  open.show();
}

export async function openActiveToSide(): Promise<void> {
  await open?.openToSide();
}

/** The hits in their order, those that are copies of what was asked about under a heading of their own. */
function listed(result: SearchResult, asYouType: boolean): Item[] {
  const isCopy = (hit: Hit): boolean => hit.reasons.some(({ name }) => name === 'copy');
  const items: Item[] = result.hits.map((hit) => hitItem(hit, asYouType));
  const first = result.hits.findIndex(isCopy);
  if (first >= 0) {
    items.splice(first, 0, { label: 'Copies', kind: vscode.QuickPickItemKind.Separator });
  }
  return items;
}

class HitPick {
  private readonly pick = vscode.window.createQuickPick<Item>();
  private readonly preview = new Preview();
  private asking: vscode.CancellationTokenSource | undefined;
  private askTimer: NodeJS.Timeout | undefined;
  private previewTimer: NodeJS.Timeout | undefined;
  private done = false;

  constructor(private readonly options: HitPickOptions) {
    const { pick } = this;
    pick.title = options.title;
    pick.placeholder = options.placeholder;
    pick.matchOnDescription = !options.asYouType;
    pick.matchOnDetail = !options.asYouType;
    keepOrder(pick);
    pick.value = options.text ?? '';
    pick.onDidChangeValue(() => {
      this.changed();
    });
    pick.onDidChangeActive(([item]) => {
      this.previewSoon(item);
    });
    pick.onDidAccept(() => void this.accept());
    pick.onDidTriggerItemButton(({ item }) => void this.openToSide(item));
    pick.onDidHide(() => void this.hidden());
  }

  show(): void {
    void vscode.commands.executeCommand('setContext', 'semlens.resultsVisible', true);
    this.pick.show();
    if (this.options.asYouType && this.pick.value.trim() === '') {
      this.suggest();
    } else {
      void this.ask();
    }
  }

  async openToSide(item: Item | undefined = this.pick.activeItems[0]): Promise<void> {
    if (item !== undefined && 'uri' in item) {
      this.finish();
      await this.preview.openToSide(item);
      this.dispose();
    }
  }

  private changed(): void {
    if (!this.options.asYouType) {
      return;
    }
    clearTimeout(this.askTimer);
    this.asking?.cancel();
    if (this.pick.value.trim() === '') {
      this.pick.busy = false;
      this.suggest();
    } else {
      this.askTimer = setTimeout(() => void this.ask(), ASK_AFTER_MS);
    }
  }

  private async ask(): Promise<void> {
    this.asking?.cancel();
    const asking = new vscode.CancellationTokenSource();
    this.asking = asking;
    this.pick.busy = true;
    let items: Item[];
    let title = this.options.title;
    try {
      const result = await this.options.ask(this.pick.value.trim(), asking.token);
      items = listed(result, this.options.asYouType);
      title += progressNote(result);
      if (items.length === 0) {
        items = [nothingFound(result)];
      }
    } catch (error) {
      items = [{ label: '$(warning) No answer', detail: literal(sentence(error)), alwaysShow: true }];
    }
    if (!asking.token.isCancellationRequested && !this.done) {
      this.pick.busy = false;
      this.pick.title = title;
      this.pick.items = items;
    }
    asking.dispose();
  }

  private suggest(): void {
    this.pick.items = (this.options.suggestions ?? []).map((suggestion) => ({
      label: `$(history) ${suggestion}`,
      alwaysShow: true,
      suggestion,
    }));
  }

  private previewSoon(item: Item | undefined): void {
    clearTimeout(this.previewTimer);
    if (!this.done && item !== undefined && 'uri' in item) {
      this.previewTimer = setTimeout(() => void this.preview.show(item), PREVIEW_AFTER_MS);
    }
  }

  private async accept(): Promise<void> {
    const [item] = this.pick.activeItems;
    if (item === undefined) {
      return;
    }
    if (!('uri' in item)) {
      if (item.suggestion !== undefined) {
        this.pick.value = item.suggestion;
        void this.ask();
      }
      return;
    }
    this.finish();
    await this.preview.open(item);
    this.dispose();
  }

  /** The user has chosen: the list goes, and nothing is put back. */
  private finish(): void {
    this.done = true;
    clearTimeout(this.previewTimer);
    this.options.opened?.(this.pick.value.trim());
    this.pick.hide();
  }

  private async hidden(): Promise<void> {
    void vscode.commands.executeCommand('setContext', 'semlens.resultsVisible', false);
    clearTimeout(this.askTimer);
    clearTimeout(this.previewTimer);
    this.asking?.cancel();
    if (!this.done) {
      this.done = true;
      await this.preview.leave();
      this.dispose();
    }
  }

  private dispose(): void {
    this.preview.dispose();
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

function progressNote({ coverage }: SearchResult): string {
  if (coverage.instant < 1) {
    return ` (${percent(coverage.instant)} of the code read so far)`;
  }
  return '';
}

function nothingFound({ coverage }: SearchResult): NoteItem {
  if (coverage.files === 0) {
    return {
      label: '$(info) Nothing has been indexed here yet',
      detail: '“Semlens: Show Status” says how far it is, and why if there is nothing to index.',
      alwaysShow: true,
    };
  }
  return {
    label: '$(info) No matching code found',
    detail:
      coverage.instant < 1
        ? 'Not all of the code has been read yet: try again in a moment.'
        : 'Try other words, or describe what the code does.',
    alwaysShow: true,
  };
}
