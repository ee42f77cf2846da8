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

/** `alwaysShow` keeps the editor's own filter away from results that the server has chosen. */
export function hitItem(hit: Hit, alwaysShow: boolean): HitItem {
  const uri = vscode.Uri.parse(hit.uri);
  const { start, end } = hit.range;
  const where = place(uri, start.line);
  return {
    label: `$(${ICONS[hit.symbol?.kind ?? ''] ?? 'file-code'}) ${literal(title(hit, uri))}`,
    description: hit.stale ? `${where}  $(edit) changed since it was read` : where,
    detail: literal(tellingLine(hit)),
    buttons: [openToSideButton],
    alwaysShow,
    uri,
    range: new vscode.Range(start.line, start.character, end.line, end.character),
  };
}

function title(hit: Hit, uri: vscode.Uri): string {
  if (!hit.symbol) {
    return uri.path.split('/').at(-1) ?? uri.path;
  }
  const container = hit.symbol.container?.split('.').at(-1);
  return container ? `${container}.${hit.symbol.name}` : hit.symbol.name;
}

/** The line that says most: the one that names the symbol, else the first that is code. */
function tellingLine(hit: Hit): string {
  const lines = hit.preview.split('\n');
  const name = hit.symbol?.name;
  const telling = (line: string): boolean => !NOT_TELLING.test(line);
  let found = lines.findIndex((line) => name !== undefined && telling(line) && line.includes(name));
  if (found < 0) {
    found = Math.max(lines.findIndex(telling), 0);
  }
  return withParameters(lines.slice(found));
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
