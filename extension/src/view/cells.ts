/** Which cell of a notebook has a line of its file. Pure. */

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
