/** Asks the server, and turns its answer into what the list shows. */

import type * as vscode from 'vscode';
import type { SearchResult } from '../protocol';
import { errorSentence, escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { completionItems, noticeItems, whyNothing } from './filterItems';
import { hitItems, type ListItem } from './hitList';
import { nothingFound, progressNote } from './hitNotes';
import type { HitPickOptions, Question } from './hitPickOptions';
import { t } from '../text/words';

export interface Answer {
  items: ListItem[];
  title: string;
  /** Undefined if the server did not answer. */
  result?: SearchResult;
}

export async function answer(
  options: HitPickOptions,
  { text, wait }: Pick<Question, 'text' | 'wait'>,
  token: vscode.CancellationToken,
): Promise<Answer> {
  const completing = completionItems(options.complete, text, token);
  try {
    const result = await options.ask({ text: text.trim(), wait }, token);
    const hits = hitItems(result, options.asYouType);
    const none = [nothingFound(result, text.trim()), whyNothing(t('Why nothing was found'))];
    const found = hits.length > 0 ? hits : none;
    const items = [...(await completing), ...noticeItems(result), ...found];
    return { items, title: progressNote(options.title, result), result };
  } catch (error) {
    const detail = escapeIcons(errorSentence(error));
    return {
      items: [{ label: t('No answer'), ...icon('warning'), detail, alwaysShow: true }],
      title: options.title,
    };
  }
}
