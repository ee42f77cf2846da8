/** *Remove Semlens's Files*: environments, indexes and the command on the PATH, and how much that frees. */

import * as fs from 'node:fs/promises';
import * as net from 'node:net';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { userDataFolder } from '../server/environment';
import type { Server } from '../server/server';
import { formatMegabytes } from '../text/amounts';
import type { Places } from './parts';
import { removePathCommand } from './pathCommand';
import type { SetUp } from './setUp';
import { t } from '../text/words';

/** What Semlens keeps in its data folder, which the user may have put where other files are. */
const DATA = [/^workspaces$/, /^logs$/, /^vectors.*$/, /^engine\.json(\.\w+)?$/, /^\w+\.lock$/, /^bench$/];
const END_MS = 10_000;
const REMOVE = t('Remove');

export async function removeFiles(places: Places, server: Server, setUp: SetUp): Promise<void> {
  const paths = await existing(places);
  const size = (await Promise.all(paths.map(sizeOf))).reduce((sum, one) => sum + one, 0);
  const detail = t(
    'Your code stays as it is. Semlens can be set up and your folders indexed again at any time, also by other windows that are open.',
  );
  const question = t('Remove the environments and indexes of Semlens, {0}?', formatMegabytes(size));
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, REMOVE)) !== REMOVE) {
    return;
  }
  await setUp.stop();
  await server.stop();
  await endEngine();
  const failed: string[] = [];
  for (const one of paths) {
    await fs.rm(one, { recursive: true, force: true, maxRetries: 5 }).catch(() => failed.push(one));
  }
  await removePathCommand();
  server.unprepare(t('The files of Semlens were removed. Search by meaning sets it up again.'));
  const left = (await Promise.all(failed.map(sizeOf))).reduce((sum, one) => sum + one, 0);
  const said = t('{0} were freed.', formatMegabytes(size - left));
  void vscode.window.showInformationMessage(
    failed.length === 0 ? said : t('{0} Close the other windows to remove {1}.', said, failed.join(', ')),
  );
}

async function existing({ storage }: Places): Promise<string[]> {
  const data = userDataFolder();
  const known = (await fs.readdir(data).catch(() => [])).filter((name) => DATA.some((one) => one.test(name)));
  const own = await fs.readdir(storage).catch(() => []);
  return [...own.map((name) => path.join(storage, name)), ...known.map((name) => path.join(data, name))];
}

/** Ends the engine, which holds files open, and waits until it is gone. */
async function endEngine(): Promise<void> {
  const text = await fs.readFile(path.join(userDataFolder(), 'engine.json'), 'utf8').catch(() => '{}');
  const { pid, port } = JSON.parse(text) as { pid?: number; port?: number };
  const deadline = Date.now() + END_MS;
  // The file outlives the engine, and its process number may be another's by now: so the port is tried first.
  while (pid !== undefined && Date.now() < deadline && (await answers(port ?? 0))) {
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    const done = (there: boolean): void => {
      socket.destroy();
      resolve(there);
    };
    socket.once('connect', () => {
      done(true);
    });
    socket.once('error', () => {
      done(false);
    });
  });
}

async function sizeOf(file: string): Promise<number> {
  const found = await fs.lstat(file).catch(() => undefined);
  if (!found?.isDirectory()) {
    // Two environments may share a file.
    return found === undefined ? 0 : found.size / Math.max(1, found.nlink);
  }
  const names = await fs.readdir(file).catch(() => []);
  const sizes = await Promise.all(names.map((name) => sizeOf(path.join(file, name))));
  return sizes.reduce((sum, one) => sum + one, 0);
}
