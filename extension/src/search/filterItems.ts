/** Items of a list about the question itself: how its last filter may go on, and what became of its filters. */

import * as vscode from 'vscode';
import { openSettings } from '../commands/openSettings';
import type { Completion, SearchResult } from '../protocol';
import { escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { twoLines } from '../text/twoLines';
import type { NoteItem } from './hitNotes';
import { t } from '../text/words';

/** Asks the server how the filter at the end of a question may go on. */
export type Complete = (query: string, token: vscode.CancellationToken) => Promise<Completion[]>;

/** A filter at the end of a question, which the user may still be typing. */
const UNFINISHED = /(?:^|\s)-?(?:path|lang|is|kind):(?:"[^"]*|[^\s"]*)$/;

/** The ways to complete the filter at the end of `text`: none if it does not end with one, or without an answer. */
export async function completionItems(
  complete: Complete | undefined,
  text: string,
  token: vscode.CancellationToken,
): Promise<NoteItem[]> {
  if (complete === undefined || !UNFINISHED.test(text)) {
    return [];
  }
  try {
    const found = await complete(text, token);
    return found
      .filter(({ query }) => query.trim() !== text.trim())
      .map(({ label, detail, query }) => ({
        label: escapeIcons(label),
        ...icon('filter'),
        description: detail,
        suggestion: query,
        alwaysShow: true,
      }));
  } catch {
    return []; // the search itself says what is wrong
  }
}

/** An item that says why nothing matches. */
export function whyNothing(label: string): NoteItem {
  return { label, ...icon('question'), saysWhy: true, alwaysShow: true };
}

function inTwoLines(text: string): Pick<NoteItem, 'label' | 'detail'> {
  const { first, rest } = twoLines(text);
  return { label: escapeIcons(first), ...(rest && { detail: escapeIcons(rest) }) };
}

/** A remark that names a setting leads to it. */
function settingIn(text: string): Partial<NoteItem> {
  const [setting] = /\bsemlens\.\w+/.exec(text) ?? [];
  return setting === undefined
    ? {}
    : { description: t('Choose this line to open the setting'), act: () => openSettings(setting) };
}

/** What the server remarks about the question, above the hits; choosing a remark types what it offers instead. */
export function noticeItems({ notices, weak, hits }: SearchResult): NoteItem[] {
  const items: NoteItem[] = notices.map(({ text, query }) => ({
    ...inTwoLines(text),
    ...icon('info'),
    alwaysShow: true,
    ...(query ? { suggestion: query } : settingIn(text)),
  }));
  if (weak && hits.length > 0) {
    items.push({
      ...whyNothing(t('Nothing matches well')),
      detail: t('Below is the nearest code. Choose this line to see why, or ask in other words.'),
    });
  }
  return items;
}
