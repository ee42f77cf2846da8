/** What a search found, in one line. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { type KeptSearch, standing } from './kept';
import { formatFiles } from '../text/amounts';
import { counted, t } from '../text/words';

/** "12 hits in 5 files · shop · 3 new, 1 gone · 13:05". */
export function summaryOf(search: KeptSearch): string {
  const { gone, ask, when } = search;
  const fresh = search.hits.filter(({ isNew }) => isNew).length;
  const folder = ask.kind === 'search' && ask.folder !== undefined ? vscode.Uri.parse(ask.folder).path : '';
  const changes = [
    ...(fresh > 0 ? [t('{0} new', fresh)] : []),
    ...(gone.length > 0 ? [t('{0} gone', gone.length)] : []),
  ];
  return [said(search), path.posix.basename(folder), changes.join(', '), when === 0 ? '' : clock(when)]
    .filter(Boolean)
    .join(' · ');
}

/** What was found, or why there is nothing to say of it. */
function said(search: KeptSearch): string {
  switch (standing(search)) {
    case 'answered':
      return foundIn(search);
    case 'searching':
      return t('searching');
    case 'failed':
      return t('no answer');
    case 'waiting':
      return t('not searched yet');
  }
}

function foundIn({ hits, copies }: KeptSearch): string {
  if (copies !== undefined) {
    const lines = counted(copies.repeatedLines, '{0} repeated line', '{0} repeated lines');
    return `${counted(copies.total, '{0} group', '{0} groups')}, ${lines}`;
  }
  const files = new Set(hits.map(({ uri }) => uri)).size;
  return counted(hits.length, '{0} hit in {1}', '{0} hits in {1}', formatFiles(files));
}

/** The time of today, or else the day. */
function clock(when: number): string {
  const date = new Date(when);
  return date.toDateString() === new Date().toDateString()
    ? date.toLocaleTimeString(vscode.env.language, { hour: '2-digit', minute: '2-digit' })
    : date.toLocaleDateString(vscode.env.language, { day: 'numeric', month: 'short' });
}

/** When a search ran last, in full. */
export function ranAt({ when }: KeptSearch): string {
  return when === 0 ? '' : t('Ran {0}', new Date(when).toLocaleString(vscode.env.language));
}
