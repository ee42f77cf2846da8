/**
 * The list from which code is copied for a prompt: the user types a question, sees what fits the budget, and
 * checks what to copy. The title counts along. Enter copies.
 */

import * as vscode from 'vscode';
import { type ContextParams, type ContextPiece, type ContextResult, contextMessage } from '../protocol';
import { Debouncer } from '../search/debouncer';
import { isBlank } from '../search/filterText';
import type { Server } from '../server/server';
import { formatTokens } from '../text/amounts';
import { errorSentence, escapeIcons } from '../text/format';
import type { Status } from '../status/status';
import { icon } from '../text/icon';
import { type Budget, chooseTokenizer, chooseTokens, rememberBudget, rememberedBudget } from './budget';
import { contextItem, type ContextItem } from './contextItem';
import { nothingToCopy, placeholder, type Start } from './contextNotes';
import { copied } from './copied';
import { counted, figure, t } from '../text/words';

const TITLE = t('Copy code for a prompt');
const CHECKED_AFTER_MS = 60;
/** While the list is there, for its keys. */
const VISIBLE = 'semlens.contextVisible';

export class ContextPick {
  private pick: vscode.QuickPick<ContextItem>;
  private readonly debouncer = new Debouncer();
  private request: vscode.CancellationTokenSource | undefined;
  private budget: Budget;
  private result: ContextResult | undefined;
  /** The text that the pieces answer. */
  private answered: string | undefined;
  /** The text that is being asked. */
  private asked: string | undefined;
  private checking: NodeJS.Timeout | undefined;
  /** What was checked when the list was drawn, until the editor reports it: other reports are of older lists. */
  private unreported: readonly ContextItem[] | undefined;

  constructor(
    private readonly server: Server,
    private readonly status: Status,
    private readonly memory: vscode.Memento,
    private readonly start?: Start,
  ) {
    this.budget = rememberedBudget(memory);
    this.pick = this.created();
  }

  show(question: string): void {
    this.open(question);
    if (this.start !== undefined || !isBlank(question)) {
      void this.search();
    }
  }

  private open(text: string): void {
    this.pick.value = text;
    this.pick.placeholder = placeholder(this.start);
    this.draw();
    this.pick.show();
    void vscode.commands.executeCommand('setContext', VISIBLE, true);
  }

  private created(): vscode.QuickPick<ContextItem> {
    const pick = vscode.window.createQuickPick<ContextItem>();
    pick.canSelectMany = true;
    (pick as { sortByLabel?: boolean }).sortByLabel = false; // keeps the server's order; missing from the types
    pick.onDidChangeValue(() => {
      this.typed();
    });
    pick.onDidChangeSelection((items) => {
      if (this.unreported !== undefined && !areSame(items, this.unreported)) {
        return;
      }
      this.unreported = undefined;
      clearTimeout(this.checking);
      this.checking = setTimeout(() => {
        this.checked(items);
      }, CHECKED_AFTER_MS);
    });
    pick.onDidTriggerButton((button) => void this.choose(button));
    pick.onDidAccept(() => void this.accept());
    pick.onDidHide(() => {
      this.request?.cancel();
      this.debouncer.reset();
      clearTimeout(this.checking);
      pick.dispose();
      void vscode.commands.executeCommand('setContext', VISIBLE, false);
    });
    return pick;
  }

  private typed(): void {
    if (this.pick.value.trim() === this.answered) {
      return;
    }
    if (isBlank(this.pick.value) && this.start === undefined) {
      this.request?.cancel();
      this.debouncer.reset();
      this.pick.busy = false;
      this.result = this.answered = undefined;
      this.draw();
    } else {
      this.debouncer.typed(() => {
        if (this.pick.value.trim() !== this.answered) {
          void this.search();
        }
      });
    }
  }

  private async search(): Promise<void> {
    this.debouncer.reset();
    const text = this.pick.value.trim();
    const query = isBlank(text) ? '' : text;
    this.asked = text;
    if (await this.ask({ query, ...this.start })) {
      this.answered = text;
    }
    if (this.asked === text) {
      this.asked = undefined;
    }
  }

  /** Pack the checked pieces. */
  private checked(items: readonly ContextItem[]): void {
    const chosen = new Set(items.map(({ piece }) => piece).filter((piece) => piece !== undefined));
    const { result } = this;
    if (result === undefined) {
      return;
    }
    if (result.pieces.every((piece) => piece.place.chosen === chosen.has(piece))) {
      return;
    }
    void this.repack(result.pieces.map((piece) => ({ ...piece.place, chosen: chosen.has(piece) })));
  }

  private repack(places: ContextPiece['place'][]): Promise<boolean> {
    return this.ask({ places });
  }

  private async ask(asked: Partial<ContextParams>): Promise<boolean> {
    this.request?.cancel();
    const request = new vscode.CancellationTokenSource();
    this.request = request;
    this.pick.busy = true;
    const { tokens: maxTokens, tokenizer } = this.budget;
    try {
      const params: ContextParams = { maxTokens, ...(tokenizer ? { tokenizer } : {}), ...asked };
      const before = this.result;
      const result = await this.server.request(contextMessage, params, request.token);
      if (request.token.isCancellationRequested) {
        return false;
      }
      // The answer about pieces says nothing of the question.
      this.result = asked.places && before ? { ...result, notices: before.notices } : result;
      this.pick.busy = false;
      this.draw();
      return true;
    } catch (error) {
      if (!request.token.isCancellationRequested) {
        this.pick.busy = false;
        this.fail(error);
      }
      return false;
    } finally {
      request.dispose();
    }
  }

  private draw(): void {
    const { pick, result } = this;
    const tokenizer = result?.tokenizer ?? this.budget.tokenizer ?? '';
    pick.buttons = [
      {
        iconPath: new vscode.ThemeIcon('dashboard'),
        tooltip: t('Budget: {0}', formatTokens(this.budget.tokens)),
      },
      { iconPath: new vscode.ThemeIcon('symbol-ruler'), tooltip: t('Tokenizer: {0}', tokenizer) },
    ].slice(0, result === undefined ? 1 : 2);
    const active = pick.activeItems[0]?.piece;
    const items = (result?.pieces ?? []).map((piece) => contextItem(piece, this.folder !== undefined));
    pick.items = result === undefined ? [] : items.length > 0 ? items : [this.nothing()];
    pick.selectedItems = items.filter(({ picked }) => picked);
    clearTimeout(this.checking);
    this.unreported = pick.selectedItems.length > 0 ? pick.selectedItems : undefined;
    const same = items.filter(({ piece }) => isSame(piece, active));
    if (same.length > 0) {
      pick.activeItems = same;
    }
    pick.title = this.headline();
  }

  /** The folder of which the pieces are whole files. */
  private get folder(): string | undefined {
    const { start, answered } = this;
    return start !== undefined && 'folder' in start && (answered ?? '') === '' ? start.folder : undefined;
  }

  private nothing(): ContextItem {
    const { folders } = this.status;
    return nothingToCopy(this.folder, folders.length > 0 && folders.every(({ files }) => files === 0));
  }

  private headline(): string {
    const { result } = this;
    const budget = formatTokens(this.budget.tokens);
    if (result === undefined) {
      return t('{0}: up to {1}', TITLE, budget);
    }
    const shown = result.pieces.filter((piece) => piece.place.chosen && piece.shown !== 'none').length;
    const used = figure(result.tokens);
    const of =
      this.folder === undefined
        ? counted(result.pieces.length, '{1} of {0} piece', '{1} of {0} pieces', shown)
        : counted(result.pieces.length, '{1} of {0} file', '{1} of {0} files', shown);
    const title = t('{0}: {1} of {2} ({3}), {4}', TITLE, used, budget, result.tokenizer, of);
    return result.weak ? t('{0}. Nothing matches well', title) : title;
  }

  private fail(error: unknown): void {
    this.result = this.answered = undefined;
    this.draw();
    this.pick.items = [
      {
        label: t('No answer'),
        ...icon('warning'),
        detail: escapeIcons(errorSentence(error)),
        alwaysShow: true,
      },
    ];
  }

  /** Choose another budget or tokenizer, and come back. */
  private async choose(button: vscode.QuickInputButton): Promise<void> {
    const { budget, result } = this;
    const text = this.pick.value;
    if (button === this.pick.buttons[0]) {
      const tokens = await chooseTokens(budget.tokens);
      this.budget = tokens === undefined ? budget : { ...budget, tokens };
    } else if (result !== undefined) {
      const names = [...new Set([result.tokenizer, ...result.tokenizers])];
      const tokenizer = await chooseTokenizer(names, result.tokenizer);
      this.budget = tokenizer === undefined ? budget : { ...budget, tokenizer };
    }
    this.pick = this.created(); // the editor does not show a list again as it was
    this.open(text);
    if (this.budget !== budget) {
      void rememberBudget(this.memory, this.budget);
      if (this.result !== undefined) {
        await this.repack(this.result.pieces.map(({ place }) => place));
      }
    }
  }

  private async accept(): Promise<void> {
    const { pick, result } = this;
    const text = pick.value.trim();
    if (text !== this.answered || result === undefined) {
      // Nothing is copied that the user has not seen: the list comes first.
      await (text === this.asked ? undefined : this.search());
      return;
    }
    if (result.pieces.length === 0) {
      await this.nothing().act?.();
      return;
    }
    if (result.text === '') {
      pick.title = t('{0}: check what to copy, or choose a larger budget', TITLE);
      return;
    }
    pick.hide();
    await copied(result, this.budget.tokens, this.folder !== undefined);
  }
}

function areSame(some: readonly ContextItem[], others: readonly ContextItem[]): boolean {
  return some.length === others.length && some.every((item) => others.includes(item));
}

function isSame(one: ContextPiece | undefined, other: ContextPiece | undefined): boolean {
  return (
    one !== undefined &&
    one.place.uri === other?.place.uri &&
    one.place.startLine === other.place.startLine &&
    one.place.endLine === other.place.endLine
  );
}
