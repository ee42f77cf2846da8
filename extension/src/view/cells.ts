/** The cells of a notebook, in the lines of its file. Pure. */

/** The ending of notebooks that are JSON. */
export const NOTEBOOK = '.ipynb';

const SOURCE = /^\s*"source"\s*:/;

/**
 * The number of a cell, from 0; undefined if the text is no notebook.
 * @param text Of the notebook's file.
 * @param line Of the text, 0-based.
 * @param shown A line of the cell, for a notebook of which several cells are in one line.
 */
export function cellAt(text: string, line: number, shown: string): number | undefined {
  const sources = sourcesOf(text);
  if (sources === undefined) {
    return undefined;
  }
  const rows = text.split('\n').flatMap((row, at) => (SOURCE.test(row) ? [at] : []));
  if (rows.length === sources.length) {
    return Math.max(0, rows.filter((row) => row <= line).length - 1);
  }
  const found = sources.findIndex((source) => shown.trim() !== '' && source.includes(shown.trim()));
  return found < 0 ? 0 : found;
}

/** A line of a cell's text, alone or in the line where the text begins, and what closes the text. */
const LITERAL = /^\s*(?:"source"\s*:\s*)?\[?\s*("(?:[^"\\]|\\.)*")\s*(\]?)\s*,?\s*$/;
const EMPTY = /\[\s*\]|^\s*\]/;

/** A notebook's file as people wrote it: each line of a cell in the line that holds it, all others blank. */
export function asWritten(text: string): string {
  if (sourcesOf(text) === undefined) {
    return text;
  }
  let within = false;
  const rows = text.split(/\r\n|\r|\n/).map((row) => {
    const begins = SOURCE.test(row);
    if (!begins && !within) {
      return '';
    }
    const [, literal, closing] = LITERAL.exec(row) ?? [];
    const isWhole = begins && !row.includes('[', row.indexOf(':')) && literal !== undefined;
    within = !isWhole && closing !== ']' && !(literal === undefined && EMPTY.test(row));
    return literal === undefined ? '' : decoded(literal);
  });
  return rows.join('\n');
}

/** On one line: a cell that is one string of JSON has no lines of its own. */
function decoded(literal: string): string {
  try {
    return (JSON.parse(literal) as string).replace(/\s+$/, '').replace(/[\r\n]+/g, ' ');
  } catch {
    return literal;
  }
}

/** The texts of the cells; undefined if there are none. */
function sourcesOf(text: string): string[] | undefined {
  try {
    const { cells } = JSON.parse(text) as { cells?: { source?: string | string[] }[] };
    const sources = cells?.map(({ source = '' }) => (typeof source === 'string' ? source : source.join('')));
    return sources === undefined || sources.length === 0 ? undefined : sources;
  } catch {
    return undefined;
  }
}
