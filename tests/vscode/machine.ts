/** What a test sees of the machine beside the screen: processes, and the extension's environments. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { facts } from './vscode';

/** The processes of Semlens in this test whose command line contains `part`. */
export function processIds(part: string): number[] {
  const [program, ...options] = facts.processes;
  const printed = execFileSync(program, [...options, part], { encoding: 'utf8' });
  return printed.split('\n').filter(Boolean).map(Number);
}

/** What the extension's environments that are whole say of themselves. */
export function environments(): { key: string; version: string; full: string }[] {
  const folder = path.join(facts.storage ?? '', 'environments');
  return readdirSync(folder)
    .map((name) => path.join(folder, name, 'semlens-environment.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as { key: string; version: string; full: string });
}
