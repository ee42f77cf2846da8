/** The filters in a question's text, as the server reads them (semlens/core/query/filters.py). Pure functions. */

const FILTERS =
  /(?:^|\s)(?:-?(?:path|lang):(?:"[^"]*"?|\S*)|-?is:(?:tests?)?(?!\S)|kind:(?:symbol|text|code)?(?!\S))/g;

/** Whether the text has no words to search for, though it may have filters. */
export function isBlank(text: string): boolean {
  return wordsOf(text) === '';
}

/** The filters as they are typed, in order. */
export function filtersOf(text: string): string[] {
  return (text.match(FILTERS) ?? []).map((filter) => filter.trim());
}

/** The question with these filters instead of its own. */
export function withFilters(text: string, filters: readonly string[]): string {
  return [...filters, wordsOf(text)].join(' ');
}

export function hasFilter(text: string, filter: string): boolean {
  return filtersOf(text).some((other) => same(other) === same(filter));
}

/** The question without `filter`, or with it and without what it replaces. */
export function toggled(text: string, filter: string): string {
  const others = filtersOf(text).filter((other) => same(other) !== same(filter));
  return hasFilter(text, filter)
    ? withFilters(text, others)
    : withFilters(text, [filter, ...others.filter((other) => !replaces(filter, other))]);
}

/** The filter for the files below a folder of the workspace. */
export function folderFilter(folder: string): string {
  // What globs or quotes give a meaning becomes `?`, which matches any one character.
  const glob = `/${folder.replace(/[[\]*?"\\]/g, '?')}/`;
  return `path:${/\s/.test(glob) ? `"${glob}"` : glob}`;
}

function wordsOf(text: string): string {
  return text.replace(FILTERS, '').trim();
}

/** `is:tests` is `is:test`. */
function same(filter: string): string {
  return filter.replace(/^(-?is:test)s$/, '$1');
}

/** Its opposite; and for a path other paths, because each of several may match. */
function replaces(filter: string, other: string): boolean {
  const opposite = filter.startsWith('-') ? filter.slice(1) : `-${filter}`;
  return same(other) === opposite || (filter.startsWith('path:') && other.startsWith('path:'));
}
