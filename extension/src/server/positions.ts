/** Places of the editor as the server takes them. */

import * as vscode from 'vscode';
import type { Position, Range } from '../protocol';

export function plainRange({ start, end }: vscode.Range): Range {
  return { start: plainPosition(start), end: plainPosition(end) };
}

export function plainPosition({ line, character }: vscode.Position): Position {
  return { line, character };
}

export function editorRange({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
