/** A hit as an item of a list: its symbol, its path with the line, and one line of its code. */

import * as vscode from 'vscode';
import type { Hit } from '../protocol';
import { escapeIcons, formatLocation } from '../text/format';
import type { CodeLocation } from './preview';

export interface HitItem extends vscode.QuickPickItem, CodeLocation {}

export const openToSideButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('split-horizontal'),
  tooltip: 'Open to the side',
};

export const copyButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('copy'),
  tooltip: 'Copy the code with its path for a prompt',
};

const ICONS: Readonly<Record<string, string>> = {
  class: 'symbol-class',
  constant: 'symbol-constant',
  enum: 'symbol-enum',
  function: 'symbol-method',
  interface: 'symbol-interface',
  method: 'symbol-method',
  module: 'symbol-module',
  section: 'book',
  struct: 'symbol-structure',
  trait: 'symbol-interface',
  type: 'symbol-class',
};

/** Comments, closing brackets, decorators, imports, lone strings and empty lines: they say little about the code. */
const UNINFORMATIVE =
  /^\s*(?:[#@*\]})]|\/\/|\/\*|"""|'''|--|<!--|import\b|from\s.*\simport\b|package\b|use\s|"[^"]*",?\s*$|$)/;

const MAX_SIGNATURE_CHARACTERS = 100;

/** Words of a question that do not tell lines of code apart. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  'and are for from how into not that the then this what when where which with'.split(' '),
);

/**
 * The list item of a hit. It shows the line that names the symbol; if no line does, it shows and opens the line with
 * most words of the question.
 * @param alwaysShow Whether the editor's own filter leaves the item alone, because the server has chosen it.
 */
export function hitItem(hit: Hit, alwaysShow: boolean, question: string): HitItem {
  const uri = vscode.Uri.parse(hit.uri);
  const { start, end } = hit.range;
  const lines = hit.preview.split('\n');
  const naming = namingRow(lines, hit.symbol?.name);
  const answering = naming === undefined && !hit.stale ? answeringRow(lines, question) : undefined;
  const line = start.line + (answering ?? 0);
  const location = formatLocation(uri, line);
  return {
    label: `$(${ICONS[hit.symbol?.kind ?? ''] ?? 'file-code'}) ${escapeIcons(title(hit, uri))}`,
    description: `${location}${hit.stale ? '  $(edit) changed since it was read' : ''}${alsoIn(hit)}`,
    detail: escapeIcons(signature(lines.slice(naming ?? answering ?? firstInformativeRow(lines)))),
    buttons: [copyButton, openToSideButton],
    alwaysShow,
    uri,
    range: new vscode.Range(start.line, start.character, end.line, end.character),
    line,
  };
}

/** The other files with the same code. */
function alsoIn({ copies }: Hit): string {
  const [first, ...others] = copies;
  if (first === undefined) {
    return '';
  }
  const more = others.length > 0 ? ` and ${String(others.length)} more` : '';
  return `  $(files) also in ${formatLocation(vscode.Uri.parse(first.uri), first.range.start.line)}${more}`;
}

function title(hit: Hit, uri: vscode.Uri): string {
  if (!hit.symbol) {
    return uri.path.split('/').at(-1) ?? uri.path;
  }
  const container = hit.symbol.container?.split('.').at(-1);
  return container ? `${container}.${hit.symbol.name}` : hit.symbol.name;
}

/** The row that names the symbol. */
function namingRow(lines: readonly string[], name: string | undefined): number | undefined {
  const found = lines.findIndex((line) => name !== undefined && isInformative(line) && line.includes(name));
  return found < 0 ? undefined : found;
}

function firstInformativeRow(lines: readonly string[]): number {
  return Math.max(lines.findIndex(isInformative), 0);
}

/** The first row with most words of the question; undefined if no row has any. */
function answeringRow(lines: readonly string[], question: string): number | undefined {
  const questionWords = wordsOf(question);
  let best: number | undefined;
  let most = 0;
  for (const [row, line] of lines.entries()) {
    const lineWords = isInformative(line) ? wordsOf(line) : new Set<string>();
    const shared = [...questionWords].filter((word) => lineWords.has(word)).length;
    if (shared > most) {
      [best, most] = [row, shared];
    }
  }
  return best;
}

function isInformative(line: string): boolean {
  return !UNINFORMATIVE.test(line);
}

/** Words of three letters or more in lower case: identifiers are split, a plural's s is cut. */
function wordsOf(text: string): Set<string> {
  const split = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  const words = split.split(/[^\p{L}]+/u).map((word) => word.replace(/(?<=\p{L}{3})s$/u, ''));
  return new Set(words.filter((word) => word.length > 2 && !STOP_WORDS.has(word)));
}

/** The first line, and the lines with the rest of its parameters. */
function signature(lines: readonly string[]): string {
  let text = lines[0]?.trim() ?? '';
  for (const line of lines.slice(1)) {
    if (!/[(,]$/.test(text) || text.length > MAX_SIGNATURE_CHARACTERS) {
      break;
    }
    text += `${text.endsWith('(') ? '' : ' '}${line.trim()}`;
  }
  return text;
}
