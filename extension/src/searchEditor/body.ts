/** What is below the header of a search editor: hits by file, drawn as text and read back. Pure functions. */

import type { LineBlock } from '../protocol';
import { t } from '../text/words';

/** The hits of one file. */
export interface FoundFile {
  /** As it is shown. */
  path: string;
  /** The lines of the hits, 0-based, with the text of each when it was found. */
  hits: ReadonlyMap<number, string>;
  /** The lines to show. */
  blocks: readonly LineBlock[];
  /** The text of each block, cut off at the end of the file; fewer if the file cannot be read. */
  texts: readonly (readonly string[])[];
}

/** What a row of the document shows. */
export type Row = FileRow | LineRow;

export interface FileRow {
  kind: 'file';
  /** 0-based. */
  row: number;
  path: string;
}

export interface LineRow {
  kind: 'hit' | 'context';
  row: number;
  path: string;
  /** The line in the file, 0-based. */
  line: number;
  /** Where the line's text begins. */
  start: number;
  text: string;
}

const LONGEST = 400;

/** The lines around hits, those that touch as one block. */
export function blocksAround(lines: readonly number[], context: number): LineBlock[] {
  const blocks: LineBlock[] = [];
  for (const line of [...lines].sort((one, other) => one - other)) {
    const last = blocks.at(-1);
    const first = Math.max(0, line - context);
    if (last !== undefined && first <= last.last + 1) {
      last.last = Math.max(last.last, line + context);
    } else {
      blocks.push({ first, last: line + context });
    }
  }
  return blocks;
}

/** The rows of a file: its path, and its lines with their numbers, an empty row between blocks. */
export function drawFile({ path, hits, blocks, texts }: FoundFile): string[] {
  const shown = new Map<number, string>(hits);
  blocks.forEach(({ first }, at) => {
    texts[at]?.forEach((text, row) => shown.set(first + row, text));
  });
  const numbers = [...shown.keys()].sort((one, other) => one - other);
  const width = String((numbers.at(-1) ?? 0) + 1).length;
  const rows = [`${path}:`];
  numbers.forEach((line, at) => {
    if (at > 0 && line !== (numbers[at - 1] ?? 0) + 1) {
      rows.push('');
    }
    const number = String(line + 1).padStart(width);
    rows.push(`  ${number}${hits.has(line) ? ': ' : '  '}${cut(shown.get(line) ?? '')}`);
  });
  return rows;
}

/** What the rows behind a header of `headerRows` lines show; those of other text are left out. */
export function readRows(lines: readonly string[], headerRows: number): Row[] {
  const rows: Row[] = [];
  let path: string | undefined;
  for (let row = headerRows; row < lines.length; row++) {
    const line = lines[row] ?? '';
    const [, named] = /^(\S.*):$/.exec(line) ?? [];
    if (named !== undefined) {
      path = named;
      rows.push({ kind: 'file', row, path });
      continue;
    }
    const [prefix, number, mark] = /^ +(\d+)(: |:$| {2}| ?$)/.exec(line) ?? [];
    if (path !== undefined && prefix !== undefined) {
      rows.push({
        kind: mark?.startsWith(':') ? 'hit' : 'context',
        row,
        path,
        line: Math.max(0, Number(number) - 1),
        start: prefix.length,
        text: line.slice(prefix.length),
      });
    }
  }
  return rows;
}

function cut(text: string): string {
  const one = text.replace(/[\r\n\u2028\u2029]+/g, ' ');
  return one.length > LONGEST
    ? t('{0}⟪ {1} characters skipped ⟫', one.slice(0, LONGEST), one.length - LONGEST)
    : one;
}
