/** What a list of hits says besides hits: how much code was read, and what to do if nothing was found. */

import * as vscode from 'vscode';
import type { SearchResult } from '../protocol';
import { formatPercent } from '../text/amounts';
import { escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { filtersOf } from './filterText';
import { t } from '../text/words';

export interface NoteItem extends vscode.QuickPickItem {
  /** The text that is typed in when the user chooses the item. */
  suggestion?: string;
  /** Choosing the item says why nothing matches. */
  saysWhy?: boolean;
  /** What else choosing the item does. */
  act?: () => unknown;
  /** Removes what the item stands for. */
  remove?: () => unknown;
}

export const removeButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('close'),
  tooltip: t('Remove'),
};

/** Shown when the text has filters alone. */
export const onlyFilters: NoteItem = {
  label: t('Describe what to look for there'),
  ...icon('info'),
  alwaysShow: true,
};

/** The title of a list; while code is still being read, it says so. */
export function progressNote(title: string, { coverage }: SearchResult): string {
  if (coverage.instant < 1) {
    return t('{0} ({1} of the code read so far)', title, formatPercent(coverage.instant));
  }
  return title;
}

/** Shown where there is no code to find anything in. */
export const nothingIndexed: NoteItem = {
  label: t('Nothing has been indexed here yet'),
  ...icon('info'),
  detail: t('Enter shows the progress, or why there is nothing to index.'),
  alwaysShow: true,
  act: () => vscode.commands.executeCommand('semlens.showStatus'),
};

/** Shown instead of hits: why there are none, and what to do. */
export function nothingFound({ coverage, notices }: SearchResult, question: string): NoteItem {
  if (coverage.files === 0) {
    return nothingIndexed;
  }
  const [filter] = filtersOf(question);
  let detail = t('Try other words, or describe what the code does.');
  if (coverage.instant < 1) {
    detail = t('Not all of the code has been read yet: try again in a moment.');
  } else if (filter !== undefined && notices.length === 0) {
    detail = t('“{0}” leaves no file to search: change it or leave it out.', filter);
  }
  return {
    label: t('No matching code found'),
    ...icon('info'),
    detail: escapeIcons(detail),
    alwaysShow: true,
  };
}
