/** A list of the saved scopes, in place of a list of hits: choose one for the question, or save its filters. */

import * as vscode from 'vscode';
import { escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { filtersOf, withFilters } from './filterText';
import { removeButton } from './hitNotes';
import type { HitPickOptions } from './hitPickOptions';
import type { Scope, Scopes } from './scopes';
import { showWithWayBack } from './wayBack';
import { t } from '../text/words';

/** Shows the list of hits for a question. */
type Back = (text: string) => void;

interface ScopeItem extends vscode.QuickPickItem {
  scope?: Scope;
  /** What Enter does; the list of hits comes back in any case. */
  act?: () => void | Promise<void>;
}

/**
 * Does nothing for a list without scopes.
 * @param text The question in the list of hits, which has the options and which `show` opens again.
 */
export function chooseScope(
  options: HitPickOptions,
  text: string,
  show: (options: HitPickOptions) => void,
): void {
  const { scopes } = options;
  if (scopes === undefined) {
    return;
  }
  const back: Back = (now) => {
    show({ ...options, text: now });
  };
  const pick = vscode.window.createQuickPick<ScopeItem>();
  pick.title = t('Scope of the search');
  pick.placeholder = t('Choose what to search');
  pick.matchOnDescription = true;
  pick.items = itemsOf(scopes, text, back);
  pick.onDidTriggerItemButton(async ({ item: { scope } }) => {
    await (scope && scopes.remove(scope));
    pick.items = itemsOf(scopes, text, back);
  });
  pick.onDidAccept(() => {
    const [chosen] = pick.activeItems;
    void (
      chosen?.act ??
      (() => {
        back(text);
      })
    )();
  });
  showWithWayBack(pick, () => {
    back(text);
  });
}

function itemsOf(scopes: Scopes, text: string, back: Back): ScopeItem[] {
  const filters = filtersOf(text).join(' ');
  const saved = scopes.all.map((scope): ScopeItem => ({
    label: escapeIcons(scope.name),
    description: escapeIcons(scope.filters),
    ...icon(scope.filters === filters ? 'check' : 'bookmark'),
    buttons: [removeButton],
    scope,
    act: () => {
      back(withFilters(text, [scope.filters]));
    },
  }));
  const isSaved = scopes.all.some((scope) => scope.filters === filters);
  const items: ScopeItem[] = [];
  if (filters !== '' && !isSaved) {
    const description = escapeIcons(filters);
    const act = (): Promise<void> => save(scopes, text, filters, back);
    items.push({ label: t('Save as a scope'), description, ...icon('add'), act });
  }
  if (filters !== '') {
    const act = (): void => {
      back(withFilters(text, []));
    };
    items.push({
      label: t('Search everywhere'),
      description: t('without filters'),
      ...icon('clear-all'),
      act,
    });
  }
  if (saved.length > 0) {
    items.push({ label: t('Saved scopes'), kind: vscode.QuickPickItemKind.Separator }, ...saved);
  }
  return items.length > 0 ? items : [nothingSaved];
}

const nothingSaved: ScopeItem = {
  label: t('No scope is saved yet'),
  detail: t('Type filters such as path:src or -is:test before your question, and save them here.'),
  ...icon('info'),
};

async function save(scopes: Scopes, text: string, filters: string, back: Back): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: t('Name of the scope'),
    prompt: filters,
    placeHolder: t('For example: backend without tests'),
  });
  if (name?.trim()) {
    await scopes.save({ name: name.trim(), filters });
  }
  back(text);
}
