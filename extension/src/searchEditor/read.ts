/** A search editor's document as it is read: once for each version of its text. */

import * as vscode from 'vscode';
import { readRows, type Row } from './body';
import { readHeader, type ReadHeader } from './header';

export const LANGUAGE = 'semlens-search';

export interface Read extends ReadHeader {
  version: number;
  lines: string[];
  /** The text of the header. */
  asked: string;
  /** What the rows below the header show. */
  shown: Row[];
}

const known = new WeakMap<vscode.TextDocument, Read>();

export function read(document: vscode.TextDocument): Read {
  const before = known.get(document);
  if (before?.version === document.version) {
    return before;
  }
  const lines = document.getText().split(/\r\n|\r|\n/);
  const header = readHeader(lines);
  const asked = lines.slice(0, header.rows).join('\n');
  const shown = readRows(lines, header.rows);
  const now = { ...header, version: document.version, lines, asked, shown };
  known.set(document, now);
  return now;
}

export function isSearchEditor(document: vscode.TextDocument): boolean {
  return document.languageId === LANGUAGE;
}
