/** A piece of code in the list: its name and its place, its tokens, and how much of it fits. */

import * as vscode from 'vscode';
import type { ContextPiece } from '../protocol';
import { symbolIcon } from '../search/hitItem';
import { formatTokens } from '../text/amounts';
import { escapeIcons, formatLocation } from '../text/format';
import { icon } from '../text/icon';
import { t } from '../text/words';

export interface ContextItem extends vscode.QuickPickItem {
  piece?: ContextPiece;
  /** What Enter does where there is no piece. */
  act?: () => unknown;
}

/** @param isFile Whether the piece is a whole file. */
export function contextItem(piece: ContextPiece, isFile: boolean): ContextItem {
  const uri = vscode.Uri.parse(piece.place.uri);
  const names = piece.name === '' || isFile ? [] : piece.name.split(', ');
  const [kind = ''] = isFile ? [] : piece.name.split(' ');
  const label = names.map((name) => name.slice(name.indexOf(' ') + 1)).join(', ');
  return {
    label: escapeIcons(label === '' ? (uri.path.split('/').at(-1) ?? uri.path) : label),
    ...icon(symbolIcon(kind)),
    description: `${[formatTokens(piece.tokens), ...fit(piece)].join(', ')} · ${formatLocation(uri, piece.place.startLine)}`,
    picked: piece.place.chosen,
    alwaysShow: true,
    piece,
  };
}

/** How much of a chosen piece is copied, unless all of it is. */
function fit({ place, shown }: ContextPiece): string[] {
  if (!place.chosen || shown === 'whole') {
    return [];
  }
  return [{ part: t('in part'), signature: t('signature only'), none: t('does not fit') }[shown]];
}
