/** What the list says besides code: what to type, and why there is nothing to copy. */

import * as vscode from 'vscode';
import type { ContextParams } from '../protocol';
import { nothingIndexed } from '../search/hitNotes';
import { icon } from '../text/icon';
import type { ContextItem } from './contextItem';
import { t } from '../text/words';

/** The code that comes first, or the folder whose files are packed. */
export type Start = Required<Pick<ContextParams, 'textDocument' | 'range'>> | { folder: string };

export function placeholder(start: Start | undefined): string {
  if (start === undefined) {
    return t('Which code is the prompt about?');
  }
  return 'folder' in start
    ? t('Enter copies the files that fit')
    : t('Add code that answers a question, or press Enter to copy');
}

/**
 * @param folder The folder of which all files are asked for.
 * @param isEmpty Whether nothing is indexed.
 */
export function nothingToCopy(folder: string | undefined, isEmpty: boolean): ContextItem {
  if (folder !== undefined) {
    return {
      label: t('This folder has no files to copy'),
      ...icon('info'),
      detail: t('Enter shows which files are left out, and why.'),
      alwaysShow: true,
      act: () => vscode.commands.executeCommand('semlens.leftOut', vscode.Uri.parse(folder)),
    };
  }
  if (isEmpty) {
    return nothingIndexed;
  }
  return {
    label: t('No matching code found'),
    ...icon('info'),
    detail: t('Try other words, or describe what the code does.'),
    alwaysShow: true,
  };
}
