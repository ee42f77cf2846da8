/** What stands first in the rows of the results view, which is narrow: it cuts what comes last. Pure. */

import { counted, t } from '../text/words';
import { highlightsOf } from './highlights';
import type { KeptHit } from './kept';

export interface Label {
  label: string;
  highlights: [number, number][];
}

/** The line and the definition, then the code with the words of the question marked. */
export function hitLabel({ name, summary, words }: KeptHit, line: string): Label {
  const place = [line, name].filter(Boolean).join('  ');
  const before = place === '' || summary === '' ? place : `${place}  `;
  const highlights = highlightsOf(summary, words).map(([start, end]): [number, number] => [
    before.length + start,
    before.length + end,
  ]);
  return { label: before + summary, highlights };
}

/** What near copies are copies of: a definition, or how many lines inside of which definitions. */
export function groupLabel(copies: readonly KeptHit[]): string {
  const [first] = copies;
  if (first === undefined) {
    return '';
  }
  const [name = first.summary, other, ...more] = [...new Set(copies.map((hit) => hit.name))].filter(Boolean);
  if (!copies.some(({ isPart }) => isPart)) {
    return counted(copies.length, '{0} copy of {1}', '{0} copies of {1}', first.name || first.summary);
  }
  const lines = lineCounts(copies);
  if (other === undefined) {
    return t('{0} inside {1}', lines, name);
  }
  return more.length === 0
    ? t('{0} inside {1} and {2}', lines, name, other)
    : counted(
        more.length,
        '{1} inside {2}, {3} and {0} other',
        '{1} inside {2}, {3} and {0} others',
        lines,
        name,
        other,
      );
}

/** "21 lines", "14–21 lines". */
function lineCounts(copies: readonly KeptHit[]): string {
  const counts = copies.map(({ range }) => range.end.line - range.start.line + 1);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? counted(most, '{0} line', '{0} lines') : t('{0}–{1} lines', least, most);
}
