/** A hit as an item of a list: its symbol, its path with the line, and one line of its code. */

import * as vscode from 'vscode';
import type { Hit } from '../protocol';
import { escapeIcons, formatLocation } from '../text/format';
import { icon } from '../text/icon';
import { IMAGE } from './images';
import type { CodeLocation } from './preview';
import { t } from '../text/words';

export interface HitItem extends vscode.QuickPickItem, CodeLocation {
  hit: Hit;
}

/** What the buttons of a hit do with it. */
export interface HitActions {
  compare: (item: HitItem) => unknown;
  copy: (item: HitItem) => unknown;
  explain: (item: HitItem) => unknown;
  openToSide: (item: HitItem) => unknown;
}

export interface HitButton extends vscode.QuickInputButton {
  act: (list: HitActions, item: HitItem) => unknown;
}

const whyButton: HitButton = {
  iconPath: new vscode.ThemeIcon('question'),
  tooltip: t('Why this hit'),
  act: (list, item) => list.explain(item),
};

const compareButton: HitButton = {
  iconPath: new vscode.ThemeIcon('diff'),
  tooltip: t('Compare with your code'),
  act: (list, item) => list.compare(item),
};

const openToSideButton: HitButton = {
  iconPath: new vscode.ThemeIcon('split-horizontal'),
  tooltip: t('Open to the side'),
  act: (list, item) => list.openToSide(item),
};

const copyButton: HitButton = {
  iconPath: new vscode.ThemeIcon('copy'),
  tooltip: t('Copy the code with its path for a prompt'),
  act: (list, item) => list.copy(item),
};

const ICONS: Readonly<Record<string, string>> = {
  [IMAGE]: 'file-media',
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

/**
 * The list item of a hit: its definition, and the line that the server chose to show and to open at.
 * @param alwaysShow Whether the editor's own filter leaves the item alone, because the server has chosen it.
 * @param isLike Whether the hit is like code of the user, and can be compared with it.
 */
export function hitItem(hit: Hit, alwaysShow: boolean, isLike = false): HitItem {
  const uri = vscode.Uri.parse(hit.uri);
  const { start, end } = hit.range;
  const isImage = hit.language === IMAGE;
  const location = isImage ? vscode.workspace.asRelativePath(uri) : formatLocation(uri, hit.line);
  return {
    label: escapeIcons(hitTitle(hit)),
    ...icon(symbolIcon(hit.symbol?.kind ?? '')),
    description: [location, ...(hit.stale ? [t('changed since it was read')] : []), ...alsoIn(hit)].join(
      ' · ',
    ),
    detail: escapeIcons(hit.summary),
    buttons: [...(isLike ? [compareButton] : []), whyButton, copyButton, openToSideButton],
    alwaysShow,
    uri,
    range: new vscode.Range(start.line, start.character, end.line, end.character),
    line: hit.line,
    code: hit.summary,
    image: isImage ? hit.preview : undefined,
    hit,
  };
}

/** The icon of a kind of definition; of a file for any other kind. */
export function symbolIcon(kind: string): string {
  return ICONS[kind] ?? 'file-code';
}

/** The other files with the same code, if any. */
function alsoIn({ copies }: Hit): string[] {
  const [first, ...others] = copies;
  if (first === undefined) {
    return [];
  }
  const place = formatLocation(vscode.Uri.parse(first.uri), first.range.start.line);
  return [
    others.length > 0 ? t('also in {0} and {1} more', place, String(others.length)) : t('also in {0}', place),
  ];
}

/** The definition below the innermost one around it, or the file's name. */
export function hitTitle({ symbol, uri }: Hit): string {
  if (!symbol) {
    const { path } = vscode.Uri.parse(uri);
    return path.split('/').at(-1) ?? path;
  }
  const separator = symbol.kind === 'section' ? ' > ' : '.'; // a heading may have dots
  const container = symbol.container?.split(separator).at(-1);
  return container ? `${container}${separator}${symbol.name}` : symbol.name;
}
