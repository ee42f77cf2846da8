/** *Narrow*: a search's question gets a filter, chosen from what its hits are in. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { icon } from '../text/icon';
import type { KeptSearch } from './kept';
import type { Searches } from './searches';
import { counted, t } from '../text/words';

interface FilterItem extends vscode.QuickPickItem {
  filter: string;
}

export async function narrow(searches: Searches, search: KeptSearch): Promise<void> {
  if (search.ask.kind !== 'search') {
    return;
  }
  const chosen = await vscode.window.showQuickPick(filterItems(search), {
    title: t('Narrow “{0}”', search.ask.query),
    placeHolder: t('Choose what to search, or Escape'),
    matchOnDescription: true,
  });
  if (chosen !== undefined) {
    await searches.askInstead(search.id, `${search.ask.query} ${chosen.filter}`);
  }
}

function filterItems({ hits }: KeptSearch): FilterItem[] {
  const folders = tallied(hits.flatMap(({ uri }) => foldersOf(uri)));
  const languages = tallied(hits.map(({ language }) => language));
  const item = (filter: string, name: string, description: string): FilterItem => ({
    label: filter,
    ...icon(name),
    description,
    filter,
  });
  const heading = (label: string): FilterItem => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
    filter: '',
  });
  const hitsIn = (count: number): string => counted(count, '{0} hit', '{0} hits');
  return [
    heading(t('Language')),
    ...languages.map(([name, count]) => item(`lang:${name}`, 'code', hitsIn(count))),
    heading(t('Folder')),
    ...folders.map(([name, count]) => item(quoted('path:', `/${name}/`), 'folder', hitsIn(count))),
    heading(t('Tests')),
    item('-is:test', 'circle-slash', t('no tests')),
    item('is:test', 'beaker', t('only tests')),
  ];
}

/** The folders around a file, from the workspace folder's children on. */
function foldersOf(uri: string): string[] {
  const parts = path.posix.dirname(vscode.workspace.asRelativePath(vscode.Uri.parse(uri), false)).split('/');
  return parts[0] === '.' ? [] : parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
}

function tallied(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].filter(([value]) => value !== '').sort(([, one], [, other]) => other - one);
}

function quoted(name: string, value: string): string {
  return /\s/.test(value) ? `${name}"${value}"` : `${name}${value}`;
}
