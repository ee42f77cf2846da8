/** *Install 'semlens' Command in PATH*: a small script that leads to the environment's command line. */

import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Server } from '../server/server';
import { t } from '../text/words';

const MARK = 'Made by Semlens for VS Code.';

/** Writes the script for the environment that the server runs in, and says what is left to do. */
export async function installPathCommand(server: Server): Promise<void> {
  await server.untilRunning();
  const { interpreter } = server;
  if (interpreter === undefined) {
    return;
  }
  const file = scriptFile();
  if (await isAnothers(file)) {
    void vscode.window.showErrorMessage(
      t('{0} is there already and is not Semlens’s: it was left as it is.', file),
    );
    return;
  }
  await write(file, interpreter);
  const folder = path.dirname(file);
  if ((process.env.PATH ?? '').split(path.delimiter).includes(folder)) {
    void vscode.window.showInformationMessage(
      t('Open a new terminal and type: semlens search "what you look for"'),
    );
    return;
  }
  const line = `export PATH="${folder}:$PATH"`;
  const said = t('The command is {0}. Add its folder to your PATH to call it as semlens.', file);
  if ((await vscode.window.showInformationMessage(said, t('Copy Line for Shell'))) !== undefined) {
    await vscode.env.clipboard.writeText(line);
  }
}

/** Leads the script to another environment, if there is a script. */
export async function refreshPathCommand(interpreter: string): Promise<void> {
  const file = scriptFile();
  if (await isOwn(file)) {
    await write(file, interpreter);
  }
}

/** Deletes the script, if there is one. */
export async function removePathCommand(): Promise<void> {
  const file = scriptFile();
  if (await isOwn(file)) {
    await fs.rm(file, { force: true });
  }
}

/** Both places need no administrator; the one on Windows is on every user's PATH. */
function scriptFile(): string {
  if (process.platform === 'win32') {
    const local = process.env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local');
    return path.join(local, 'Microsoft', 'WindowsApps', 'semlens.cmd');
  }
  return path.join(os.homedir(), '.local', 'bin', 'semlens');
}

async function write(file: string, interpreter: string): Promise<void> {
  const text = process.platform === 'win32' ? batchScript(interpreter) : shellScript(file, interpreter);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(`${file}.new`, text, { mode: 0o755 });
  await fs.rename(`${file}.new`, file);
}

/** The variable tells `semlens mcp install` what agents are to start, so that an update leaves them working. */
function shellScript(file: string, interpreter: string): string {
  return [
    '#!/bin/sh',
    `# ${MARK}`,
    `export SEMLENS_SCRIPT=${quoted(file)}`,
    `exec ${quoted(interpreter)} -I -X utf8 -m semlens "$@"`,
    '',
  ].join('\n');
}

/** cmd.exe reads its scripts in a code page of its own: a user's name is better left to a variable. */
function batchScript(interpreter: string): string {
  const [name, folder] =
    ['APPDATA', 'LOCALAPPDATA', 'USERPROFILE']
      .map((variable) => [variable, process.env[variable] ?? ''] as const)
      .find(([, value]) => value !== '' && interpreter.startsWith(value + path.sep)) ?? [];
  const rest = interpreter.slice(folder?.length ?? 0).replace(/%/g, '%%');
  const program = name === undefined ? rest : `%${name}%${rest}`;
  return [
    `@rem ${MARK}`,
    '@setlocal',
    '@set "SEMLENS_SCRIPT=%~f0"',
    `@"${program}" -I -X utf8 -m semlens %*`,
    '',
  ].join('\r\n');
}

function quoted(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}

async function isOwn(file: string): Promise<boolean> {
  return (await fs.readFile(file, 'utf8').catch(() => '')).includes(MARK);
}

async function isAnothers(file: string): Promise<boolean> {
  const there = await fs.lstat(file).then(
    () => true,
    () => false,
  );
  return there && !(await isOwn(file));
}
