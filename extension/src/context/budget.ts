/** The budget of a prompt and the tokenizer that counts it: remembered, and chosen from lists. */

import * as vscode from 'vscode';
import { formatTokens } from '../text/amounts';
import { icon } from '../text/icon';
import { t } from '../text/words';

const KEY = 'semlens.contextBudget';
const BUDGETS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 100_000, 200_000];
const MIN_BUDGET = 100;
const MAX_BUDGET = 2_000_000;

export interface Budget {
  tokens: number;
  /** The first of the setting `semlens.tokenizers` if left out. */
  tokenizer?: string;
}

export function rememberedBudget(memory: vscode.Memento): Budget {
  return memory.get<Budget>(KEY, { tokens: 4_000 });
}

export function rememberBudget(memory: vscode.Memento, budget: Budget): Thenable<void> {
  return memory.update(KEY, budget);
}

/** Undefined if the user leaves the list. */
export function chooseTokens(now: number): Promise<number | undefined> {
  const pick = vscode.window.createQuickPick();
  pick.title = t('Budget in tokens');
  pick.placeholder = t('Choose a budget, or type any number');
  const offered = (numbers: readonly number[]): void => {
    pick.items = numbers.map((number) => ({
      label: formatTokens(number),
      ...(number === now ? { description: t('now') } : {}),
      alwaysShow: true,
    }));
    pick.activeItems = pick.items.filter(({ description }) => description !== undefined);
  };
  const listed = [...new Set([...BUDGETS, now])].sort((one, other) => one - other);
  let numbers: readonly number[] = listed;
  offered(listed);
  pick.onDidChangeValue((text) => {
    const typed = parsed(text);
    numbers = typed === undefined ? listed : [typed];
    offered(numbers);
  });
  const active = (): number => pick.items.findIndex((item) => item === pick.activeItems[0]);
  return chosen(pick, () => parsed(pick.value) ?? numbers[active()]);
}

/** Undefined if the user leaves the list. */
export function chooseTokenizer(names: readonly string[], now: string): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick();
  pick.title = t('Tokenizer');
  pick.placeholder = t('Count in the tokens of which model?');
  pick.items = names.map((label) => ({
    label,
    ...icon('symbol-ruler'),
    ...(label === now ? { description: t('now') } : {}),
  }));
  pick.activeItems = pick.items.filter(({ label }) => label === now);
  return chosen(pick, () => pick.activeItems[0]?.label);
}

/** "4000", "4,000", "4 000", "4k". */
export function parsed(text: string): number | undefined {
  const [, digits, thousands] = /^\s*([\d][\d,. _']*)(k?)\s*$/i.exec(text) ?? [];
  if (digits === undefined) {
    return undefined;
  }
  const number = Number(digits.replace(/[^\d]/g, '')) * (thousands ? 1000 : 1);
  return Math.min(Math.max(number, MIN_BUDGET), MAX_BUDGET);
}

function chosen<T>(
  pick: vscode.QuickPick<vscode.QuickPickItem>,
  value: () => T | undefined,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(value());
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
