/** Opens a kept hit where it is now, after edits above it. */

import * as vscode from 'vscode';
import { IMAGE, openImage } from '../search/images';
import { showPlace } from '../view/showPlace';
import type { KeptHit } from './kept';

/** Opens a hit. Returns it as it is now: at another line, or stale. Rejects if the file cannot be opened. */
export async function openHit(hit: KeptHit, options: vscode.TextDocumentShowOptions): Promise<KeptHit> {
  if (hit.kind === IMAGE) {
    await openImage(vscode.Uri.parse(hit.uri), { preview: true, ...options });
    return hit;
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(hit.uri));
  const now = relocated(hit, document.getText().split(/\r\n|\r|\n/));
  const line = Math.min(now.line, document.lineCount - 1);
  await showPlace(document.uri, line, { preview: true, ...options }, hit.summary);
  return now;
}

/** The hit in the text as it is now: at the nearest line with its text, or stale if there is none. */
export function relocated(hit: KeptHit, lines: readonly string[]): KeptHit {
  if (hit.kind === IMAGE) {
    return hit; // its words stand in no line
  }
  if (hit.text === '' || lines[hit.line] === hit.text) {
    return hit.stale && hit.text !== '' ? { ...hit, stale: false } : hit;
  }
  const near = (line: number): number => Math.abs(line - hit.line);
  let best = -1;
  lines.forEach((text, line) => {
    if (text === hit.text && (best < 0 || near(line) < near(best))) {
      best = line;
    }
  });
  if (best < 0) {
    return hit.stale ? hit : { ...hit, stale: true };
  }
  const moved = best - hit.line;
  const shift = <P extends { line: number }>(place: P): P => ({
    ...place,
    line: Math.max(0, place.line + moved),
  });
  return {
    ...hit,
    line: best,
    range: { start: shift(hit.range.start), end: shift(hit.range.end) },
    stale: false,
  };
}
