/** A piece of code in the list: its name and its place, its tokens, and how much of it fits. */

import * as vscode from 'vscode';
import type { ContextPiece } from '../protocol';
import { symbolIcon } from '../search/hitItem';
import { escapeIcons, formatLocation, formatTokens } from '../text/format';
import { icon } from '../text/icon';

export interface ContextItem extends vscode.QuickPickItem {
  piece?: ContextPiece;
}

export function contextItem(piece: ContextPiece): ContextItem {
  const uri = vscode.Uri.parse(piece.place.uri);
  const [kind = '', ...name] = piece.name.split(' ');
  const label = name.length > 0 ? name.join(' ') : (uri.path.split('/').at(-1) ?? uri.path);
  const fits = fit(piece);
  return {
    label: escapeIcons(label),
    ...icon(symbolIcon(kind)),
    description: [
      formatLocation(uri, piece.place.startLine),
      formatTokens(piece.tokens),
      ...(fits === '' ? [] : [fits]),
    ].join(' · '),
    picked: piece.place.chosen,
    alwaysShow: true,
    piece,
  };
}

/** How much of a chosen piece is copied, unless all of it is. */
function fit({ place, shown }: ContextPiece): string {
  if (!place.chosen || shown === 'whole') {
    return '';
  }
  return { part: 'in part', signature: 'signature only', none: 'does not fit' }[shown];
}
