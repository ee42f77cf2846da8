/** How a hit looks in a list: its symbol, its path with line, and one line of its code. */

import * as vscode from 'vscode';
import type { Hit } from './protocol';
import type { Place } from './preview';
import { literal, place } from './words';

export interface HitItem extends vscode.QuickPickItem, Place {}

export const openToSideButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('split-horizontal'),
  tooltip: 'Open to the side',
};

export const copyButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('copy'),
  tooltip: 'Copy the code with its path, for a prompt',
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

/** Comments, closing brackets, decorators, imports, lone strings and nothing at all. */
const NOT_TELLING =
  /^\s*(?:[#@*\]})]|\/\/|\/\*|"""|'''|--|<!--|import\b|from\s.*\simport\b|package\b|use\s|"[^"]*",?\s*$|$)/;

const ENOUGH_CHARACTERS = 100;

/** Words of a question that are in code for other reasons. */
const FILLERS: ReadonlySet<string> = new Set(
  'and are for from how into not that the then this what when where which with'.split(' '),
);

/**
 * `alwaysShow` keeps the editor's own filter away from results that the server has chosen. Of a hit that
 * does not name what it belongs to, the line is shown and opened that has most words of the `question`.
 */
export function hitItem(hit: Hit, alwaysShow: boolean, question: string): HitItem {
  const uri = vscode.Uri.parse(hit.uri);
  const { start, end } = hit.range;
  const lines = hit.preview.split('\n');
  const naming = namingRow(lines, hit.symbol?.name);
  const answering = naming === undefined && !hit.stale ? answeringRow(lines, question) : undefined;
  const line = start.line + (answering ?? 0);
  const where = place(uri, line);
  return {
    label: `$(${ICONS[hit.symbol?.kind ?? ''] ?? 'file-code'}) ${literal(title(hit, uri))}`,
    description: `${where}${hit.stale ? '  $(edit) changed since it was read' : ''}${alsoIn(hit)}`,
    detail: literal(withParameters(lines.slice(naming ?? answering ?? firstTellingRow(lines)))),
    buttons: [copyButton, openToSideButton],
    alwaysShow,
    uri,
    range: new vscode.Range(start.line, start.character, end.line, end.character),
    line,
  };
}

/** Where else the same code stands. */
function alsoIn({ copies }: Hit): string {
  const [first, ...others] = copies;
  if (first === undefined) {
    return '';
  }
  const more = others.length > 0 ? ` and ${String(others.length)} more` : '';
  return `  $(files) also in ${place(vscode.Uri.parse(first.uri), first.range.start.line)}${more}`;
}

function title(hit: Hit, uri: vscode.Uri): string {
  if (!hit.symbol) {
    return uri.path.split('/').at(-1) ?? uri.path;
  }
  const container = hit.symbol.container?.split('.').at(-1);
  return container ? `${container}.${hit.symbol.name}` : hit.symbol.name;
}

/** The line of code that names the symbol. */
function namingRow(lines: readonly string[], name: string | undefined): number | undefined {
  const found = lines.findIndex((line) => name !== undefined && isTelling(line) && line.includes(name));
  return found < 0 ? undefined : found;
}

function firstTellingRow(lines: readonly string[]): number {
  return Math.max(lines.findIndex(isTelling), 0);
}

/** The first of the lines with most words of the question; undefined if none has any. */
function answeringRow(lines: readonly string[], question: string): number | undefined {
  const asked = wordsOf(question);
  let best: number | undefined;
  let most = 0;
  for (const [row, line] of lines.entries()) {
    const said = isTelling(line) ? wordsOf(line) : new Set<string>();
    const shared = [...asked].filter((word) => said.has(word)).length;
    if (shared > most) {
      [best, most] = [row, shared];
    }
  }
  return best;
}

function isTelling(line: string): boolean {
  return !NOT_TELLING.test(line);
}

/** Words of three letters or more, identifiers taken apart, without a plural's s. */
function wordsOf(text: string): Set<string> {
  const parted = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  const words = parted.split(/[^\p{L}]+/u).map((word) => word.replace(/(?<=\p{L}{3})s$/u, ''));
  return new Set(words.filter((word) => word.length > 2 && !FILLERS.has(word)));
}

/** The first line, and where it stops in the middle of its parameters, those too. */
function withParameters(lines: readonly string[]): string {
  let text = lines[0]?.trim() ?? '';
  for (const line of lines.slice(1)) {
    if (!/[(,]$/.test(text) || text.length > ENOUGH_CHARACTERS) {
      break;
    }
    text += `${text.endsWith('(') ? '' : ' '}${line.trim()}`;
  }
  return text;
}
