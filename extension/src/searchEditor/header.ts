/**
 * The header of a search editor: what is asked, as lines `Name: value` above the first empty line. Pure functions.
 *
 * A line that begins with a space goes on the line before it, so that a question may have several lines.
 */

import { figure, t } from '../text/words';

export interface Header {
  /** Empty if the search is for code like that of `similar`. */
  question: string;
  similar?: Part | undefined;
  /** Names of workspace folders; all of them if empty. */
  folders: string[];
  /** Globs. */
  include: string[];
  /** Globs. */
  exclude: string[];
  /** By name or by a file's ending. */
  languages: string[];
  /** True for tests alone, false for no tests. */
  tests?: boolean | undefined;
  /** The most hits. */
  hits: number;
  /** Lines shown before and after each hit. */
  context: number;
}

/** Lines of a file, 0-based and inclusive; a single one stands for the definition around it. */
export interface Part {
  path: string;
  first: number;
  last: number;
}

export interface HeaderProblem {
  /** 0-based. */
  row: number;
  /** A sentence or two. */
  text: string;
}

export interface ReadHeader {
  header: Header;
  problems: HeaderProblem[];
  /** How many lines it has. */
  rows: number;
}

/** The names of the lines, in their order. */
export const NAMES = [
  'Search',
  'Similar to',
  'Folders',
  'Files to include',
  'Files to exclude',
  'Languages',
  'Tests',
  'Hits',
  'Lines of context',
] as const;
export type Name = (typeof NAMES)[number];

export const MAX_HITS = 1_000;
export const MAX_CONTEXT = 50;
const TESTS = new Map([
  ['', undefined],
  ['all', undefined],
  ['only', true],
  ['none', false],
]);

export function emptyHeader(): Header {
  return { question: '', folders: [], include: [], exclude: [], languages: [], hits: 30, context: 2 };
}

/** The header of a document with these lines. A line that is wrong is a problem, and counts as left out. */
export function readHeader(lines: readonly string[]): ReadHeader {
  const end = lines.findIndex((line) => line.trim() === '');
  const rows = end < 0 ? lines.length : end;
  const header = emptyHeader();
  const problems: HeaderProblem[] = [];
  const seen = new Set<Name>();
  for (const { row, text } of joined(lines.slice(0, rows))) {
    const problem = readLine(header, text, seen);
    if (problem !== undefined) {
      problems.push({ row, text: t('Line {0}: {1}', row + 1, problem) });
    }
  }
  if (header.question !== '' && header.similar !== undefined) {
    problems.push({ row: 0, text: t('Write “Search” or “Similar to”, not both.') });
  }
  return { header, problems, rows };
}

/** The lines of a header. Those that say nothing are left out, but for the ones that people fill in. */
export function formatHeader(header: Header): string {
  const { question, similar, folders, include, exclude, languages, tests, hits, context } = header;
  const list = (name: Name, values: readonly string[]): string[] =>
    values.length > 0 ? [`${name}: ${values.join(', ')}`] : [];
  const asked =
    similar === undefined
      ? `Search: ${question.split(/\s*[\r\n]+/).join('\n  ')}`
      : `Similar to: ${similar.path}:${linesOf(similar)}`;
  return [
    asked,
    ...list('Folders', folders),
    `Files to include: ${include.join(', ')}`,
    `Files to exclude: ${exclude.join(', ')}`,
    ...list('Languages', languages),
    ...(tests === undefined ? [] : [`Tests: ${tests ? 'only' : 'none'}`]),
    ...(hits === emptyHeader().hits ? [] : [`Hits: ${hits}`]),
    `Lines of context: ${context}`,
  ].join('\n');
}

/** The name of a header's line, in whatever case it is written. */
export function nameOf(line: string): Name | undefined {
  const typed = /^[^:]*(?=:)/.exec(line)?.[0].trim().toLowerCase();
  return NAMES.find((name) => name.toLowerCase() === typed);
}

function linesOf({ first, last }: Part): string {
  return first === last ? String(first + 1) : `${first + 1}-${last + 1}`;
}

/** Each line with those that go it on. */
function joined(lines: readonly string[]): { row: number; text: string }[] {
  const found: { row: number; text: string }[] = [];
  lines.forEach((line, row) => {
    const last = found.at(-1);
    if (/^\s/.test(line) && last !== undefined) {
      last.text += `\n${line.replace(/^ {1,2}|^\t/, '')}`;
    } else {
      found.push({ row, text: line });
    }
  });
  return found;
}

/** Notes what a line says. Returns what is wrong with it, if anything. */
function readLine(header: Header, line: string, seen: Set<Name>): string | undefined {
  const name = nameOf(line);
  if (name === undefined) {
    return t(
      '“{0}” is not understood. A line begins with {1}.',
      shortened(line),
      NAMES.map((one) => t('“{0}”', `${one}:`)).join(', '),
    );
  }
  if (seen.has(name)) {
    return t('“{0}” is there twice.', name);
  }
  seen.add(name);
  return readValue(header, name, line.slice(line.indexOf(':') + 1).trim());
}

function readValue(header: Header, name: Name, value: string): string | undefined {
  switch (name) {
    case 'Search':
      header.question = value;
      return undefined;
    case 'Similar to':
      header.similar = readPart(value);
      return value !== '' && header.similar === undefined
        ? t('“Similar to” is a file with its lines, such as src/cart.ts:10-20.')
        : undefined;
    case 'Folders':
      header.folders = readList(value);
      return undefined;
    case 'Files to include':
      header.include = readList(value);
      return undefined;
    case 'Files to exclude':
      header.exclude = readList(value);
      return undefined;
    case 'Languages':
      header.languages = readList(value);
      return undefined;
    case 'Tests':
      header.tests = TESTS.get(value.toLowerCase());
      return TESTS.has(value.toLowerCase()) ? undefined : t('“Tests” is “all”, “only” or “none”.');
    case 'Hits':
      return readNumber(value, name, 1, MAX_HITS, (hits) => (header.hits = hits));
    case 'Lines of context':
      return readNumber(value, name, 0, MAX_CONTEXT, (context) => (header.context = context));
  }
}

function readNumber(
  value: string,
  name: Name,
  least: number,
  most: number,
  set: (value: number) => unknown,
): string | undefined {
  if (value === '') {
    return undefined;
  }
  const read = /^\d{1,6}$/.test(value) ? Number(value) : -1;
  if (read < least || read > most) {
    return t('“{0}” is a number from {1} to {2}.', name, least, figure(most));
  }
  set(read);
  return undefined;
}

function readPart(value: string): Part | undefined {
  const [, path, first, last] = /^(.+):(\d+)(?:-(\d+))?$/.exec(value) ?? [];
  const from = Number(first) - 1;
  const to = Number(last ?? first) - 1;
  return path === undefined || from < 0 || to < from ? undefined : { path, first: from, last: to };
}

/** Values with commas between them; one inside of braces, as in `*.{ts,js}`, is a part of its value. */
function readList(value: string): string[] {
  return value
    .split(/,(?![^{}]*\})/)
    .map((one) => one.trim())
    .filter(Boolean);
}

function shortened(line: string): string {
  const [first = ''] = line.split('\n');
  return first.length > 40 ? `${first.slice(0, 40)}…` : first;
}
