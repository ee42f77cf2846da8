/** Where definitions are in the files of the workspace. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { facts } from '../vscode';

/** The first and the last line of a definition: the last is the one before two empty ones, or the file's. */
export function linesOf(file: string, name: string): [first: number, last: number] {
  const lines = readFileSync(path.join(facts.workspace, file), 'utf8').trimEnd().split('\n');
  const first = lines.findIndex((line) => new RegExp(`^(?:def|func) ${name}\\(`).test(line));
  const next = lines.findIndex((line, row) => row > first && /^[^\s)}]/.test(line));
  let last = (next < 0 ? lines.length : next) - 1;
  while (lines[last]?.trim() === '') {
    last -= 1;
  }
  return [first + 1, last + 1];
}
