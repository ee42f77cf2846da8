/** What a list of hits says besides hits: how much was read, what to do when nothing was found. */

import type * as vscode from 'vscode';
import type { SearchResult } from './protocol';
import { literal, percent } from './words';

export interface NoteItem extends vscode.QuickPickItem {
  /** What choosing the item types. */
  suggestion?: string;
}

/** What narrows a search, as the server reads it (semlens/core/query/query.py). */
const NARROWED = /(?:^|\s)-?(?:path|lang|kind|is):(?:"[^"]*"?|\S*)/g;

/** Whether nothing is asked yet, but perhaps where to look. */
export function isBlank(text: string): boolean {
  return text.replace(NARROWED, '').trim() === '';
}

/** Where to look is said, but not for what. */
export const nothingAsked: NoteItem = {
  label: '$(info) Describe what to look for there',
  alwaysShow: true,
};

/** For the title: how much of the code has been read. */
export function progressNote({ coverage }: SearchResult): string {
  if (coverage.instant < 1) {
    return ` (${percent(coverage.instant)} of the code read so far)`;
  }
  return '';
}

/** In place of hits. */
export function nothingFound({ coverage }: SearchResult, question: string): NoteItem {
  if (coverage.files === 0) {
    return {
      label: '$(info) Nothing has been indexed here yet',
      detail: '“Semlens: Show Status” says how far it is, and why if there is nothing to index.',
      alwaysShow: true,
    };
  }
  const [narrowed] = question.match(NARROWED) ?? [];
  let detail = 'Try other words, or describe what the code does.';
  if (coverage.instant < 1) {
    detail = 'Not all of the code has been read yet: try again in a moment.';
  } else if (narrowed !== undefined) {
    detail = `“${narrowed.trim()}” leaves no file to search: leave it out, or name another place.`;
  }
  return { label: '$(info) No matching code found', detail: literal(detail), alwaysShow: true };
}
