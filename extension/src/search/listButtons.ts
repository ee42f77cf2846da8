/** The buttons of a list of hits: in its title, and beside the question. */

import * as vscode from 'vscode';
import type { SearchResult } from '../protocol';
import type { KeptIn } from '../results/register';
import { hasFilter } from './filterText';
import type { FilterToggle, HitPickOptions } from './hitPickOptions';
import { t } from '../text/words';

/** What the buttons do with the list. */
export interface ListActions {
  acts: { keep: (into?: KeptIn) => unknown; whyNothing: () => unknown };
  chooseScope: () => unknown;
  toggle: (name: FilterToggle['name']) => unknown;
}

export interface ListButton extends vscode.QuickInputButton {
  act: (list: ListActions) => unknown;
  /** From VS Code 1.108 on; missing from the types. */
  toggle?: { checked: boolean };
  location?: unknown;
}

const keepButton: ListButton = {
  iconPath: new vscode.ThemeIcon('list-tree'),
  tooltip: t('Open in results view'),
  act: (list) => list.acts.keep(),
};

const editorButton: ListButton = {
  iconPath: new vscode.ThemeIcon('go-to-file'),
  tooltip: t('Open in search editor'),
  act: (list) => list.acts.keep('editor'),
};

const whyNothingButton: ListButton = {
  iconPath: new vscode.ThemeIcon('question'),
  tooltip: t('Why nothing matches well'),
  act: (list) => list.acts.whyNothing(),
};

const scopeButton: ListButton = {
  iconPath: new vscode.ThemeIcon('bookmark'),
  tooltip: t('Choose or save a scope'),
  act: (list) => list.chooseScope(),
};

/** The buttons for a question; one says why if nothing matches it well. */
export function listButtons(
  { keep, scopes, toggles = [] }: HitPickOptions,
  text: string,
  result?: SearchResult,
): readonly ListButton[] {
  return [
    ...(result?.weak ? [whyNothingButton] : []),
    ...toggles.map((toggle) => toggleButton(toggle, hasFilter(text, toggle.filter))),
    ...(scopes === undefined ? [] : [scopeButton]),
    ...(keep === undefined ? [] : [editorButton, keepButton]),
  ];
}

/** Shows these buttons unless the list shows the same. */
export function setButtons(
  pick: vscode.QuickPick<vscode.QuickPickItem>,
  buttons: readonly ListButton[],
): void {
  const looks = (all: readonly vscode.QuickInputButton[]): string =>
    JSON.stringify(
      all.map(({ iconPath, tooltip, toggle }: Partial<ListButton>) => [iconPath, tooltip, toggle]),
    );
  if (looks(pick.buttons) !== looks(buttons)) {
    pick.buttons = buttons;
  }
}

/** A toggle beside the question where the editor has toggles, else a button in the title whose icon changes. */
function toggleButton({ name, icon, tooltips }: FilterToggle, checked: boolean): ListButton {
  const { QuickInputButtonLocation: locations } = vscode as {
    QuickInputButtonLocation?: { Input: unknown };
  };
  const act = (list: ListActions): unknown => list.toggle(name);
  if (locations !== undefined) {
    const iconPath = new vscode.ThemeIcon(icon);
    return { iconPath, tooltip: tooltips.off, act, toggle: { checked }, location: locations.Input };
  }
  return {
    iconPath: new vscode.ThemeIcon(checked ? 'check' : icon),
    tooltip: checked ? tooltips.on : tooltips.off,
    act,
  };
}
