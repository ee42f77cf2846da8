/** Asks the server, and turns its answer into what the list shows. */

import type * as vscode from 'vscode';
import type { SearchResult } from '../protocol';
import { errorSentence, escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { completionItems, noticeItems } from './filterItems';
import { hitItems, type ListItem } from './hitList';
import { nothingFound, progressNote } from './hitNotes';
import type { HitPickOptions, Question } from './hitPickOptions';

export interface Answer {
  items: ListItem[];
  title: string;
  /** Undefined if the server did not answer. */
  result?: SearchResult;
}

export async function answer(
  options: HitPickOptions,
  { text, wait }: Question,
  token: vscode.CancellationToken,
): Promise<Answer> {
  const completing = completionItems(options.complete, text, token);
  try {
    const result = await options.ask({ text: text.trim(), wait }, token);
    const hits = hitItems(result, options.asYouType);
    const found = hits.length > 0 ? hits : [nothingFound(result, text.trim())];
    const items = [...(await completing), ...noticeItems(result), ...found];
    return { items, title: options.title + progressNote(result), result };
  } catch (error) {
    const detail = escapeIcons(errorSentence(error));
    return {
      items: [{ label: 'No answer', ...icon('warning'), detail, alwaysShow: true }],
      title: options.title,
    };
  }
}
