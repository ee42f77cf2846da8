/**
 * Finds the Python that runs the language server, and the environment variables that it gets.
 *
 * A workspace cannot choose the interpreter: it is an absolute path from a machine setting, an environment in
 * VS Code's own storage, or from the file that `scripts/run.py` writes. The server starts isolated, outside the
 * workspace, with few variables.
 */

import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Executable } from 'vscode-languageclient/node';
import { findOwnEnvironment, type Places, readManifest } from '../setup/parts';
import { t } from '../text/words';

export type Environment = ReadyEnvironment | UnpreparedEnvironment;

export interface ReadyEnvironment {
  kind: 'ready';
  interpreter: string;
  /** What the user can do if this interpreter does not run the server. */
  remedy: string;
  dataFolder: string;
}

export interface UnpreparedEnvironment {
  kind: 'unprepared';
  message: string;
  /** Whether the set-up of this extension mends it. */
  canSetUp: boolean;
}

const NOT_SET_UP = t('Semlens is not set up on this machine yet.');
const NO_PARTS = t(
  'Semlens is not set up on this machine yet: run “{0}” once in the folder of Semlens, or choose a Python that has the semlens package.',
  'python3 scripts/run.py',
);

/**
 * Variables that the server gets. semlens/process/spawn.py keeps the same ones for the processes that it starts,
 * and a test holds the two lists together.
 */
const KEPT_VARIABLES = new Set(
  (
    'HOME USER LOGNAME LANG LANGUAGE TZ TMPDIR TEMP TMP PATH LD_LIBRARY_PATH ' +
    'USERPROFILE USERNAME HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES ' +
    'SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE ' +
    'CUDA_VISIBLE_DEVICES OMP_NUM_THREADS'
  ).split(' '),
);
const KEPT_PREFIXES = /^(LC|XDG|SEMLENS)_/;

/**
 * The interpreter from the setting, if it has Semlens; else that of an environment that this extension has made, or
 * the one that `scripts/run.py` recorded; else a message that says what to do.
 */
export async function findEnvironment(places: Places): Promise<Environment> {
  const dataFolder = userDataFolder();
  const setting = vscode.workspace.getConfiguration('semlens').get<string>('interpreter', '').trim();
  const canSetUp = (await readManifest(places)) !== undefined;
  // A Python without Semlens is one to make an environment from.
  const chosen = setting !== '' && canSetUp && (await lacksSemlens(expandHome(setting))) ? '' : setting;
  const made = chosen === '' ? await madeInterpreter(places, dataFolder) : undefined;
  const interpreter = chosen === '' ? made : expandHome(chosen);
  if (interpreter === undefined) {
    return { kind: 'unprepared', message: canSetUp ? NOT_SET_UP : NO_PARTS, canSetUp };
  }
  if (!path.isAbsolute(interpreter)) {
    const message = t('The setting semlens.interpreter must be a full path: “{0}” is not one.', interpreter);
    return { kind: 'unprepared', message, canSetUp: false };
  }
  const remedy = chosen === '' ? t('set Semlens up again') : t('correct the setting semlens.interpreter');
  if (!(await isFile(interpreter))) {
    return { kind: 'unprepared', message: t('There is no Python at {0}: {1}.', interpreter, remedy), canSetUp: false };
  }
  await fs.mkdir(dataFolder, { recursive: true, mode: 0o700 });
  return { kind: 'ready', interpreter, remedy, dataFolder };
}

/** The command of the server, with its folder and variables. */
export function serverCommand({ interpreter, dataFolder }: ReadyEnvironment): Executable {
  return {
    command: interpreter,
    args: ['-I', '-X', 'utf8', '-m', 'semlens', 'serve'],
    options: { cwd: dataFolder, env: serverVariables() },
  };
}

/** Why the interpreter cannot run the server, as a sentence; undefined if no reason is found. */
export async function diagnose({ interpreter, remedy }: ReadyEnvironment): Promise<string | undefined> {
  const script = 'import sys; print(*sys.version_info[:2]); import semlens';
  const { failure, output } = await run(interpreter, ['-I', '-c', script]);
  const [major = 0, minor = 0] = output.trim().split(' ').map(Number);
  if (major === 0) {
    return t('{0} is not a Python that runs here: {1}.', interpreter, remedy);
  }
  if (major < 3 || (major === 3 && minor < 10)) {
    return t('Semlens needs Python 3.10 or newer, and {0} is {1}.{2}: {3}.', interpreter, major, minor, remedy);
  }
  return failure ? t('{0} does not have the semlens package: {1}.', interpreter, remedy) : undefined;
}

/** This process's environment variables, less those that the server does not need. */
export function serverVariables(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => isKept(name.toUpperCase()));
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']));
}

/** The data folder: the same as in semlens/engine/wire/endpoint.py. */
export function userDataFolder(): string {
  const chosen = process.env.SEMLENS_DATA_DIR;
  return chosen !== undefined && path.isAbsolute(chosen) ? chosen : path.join(platformFolder(), 'semlens');
}

/** The folder for a user's data: the same as in the Python package platformdirs. */
function platformFolder(): string {
  const { LOCALAPPDATA, XDG_DATA_HOME } = process.env;
  switch (process.platform) {
    case 'win32':
      return LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local');
    case 'darwin':
      return path.join(os.homedir(), 'Library', 'Application Support');
    default:
      return XDG_DATA_HOME?.trim() ? XDG_DATA_HOME : path.join(os.homedir(), '.local', 'share');
  }
}

function isKept(name: string): boolean {
  return KEPT_VARIABLES.has(name) || KEPT_PREFIXES.test(name);
}

async function madeInterpreter(places: Places, dataFolder: string): Promise<string | undefined> {
  return (await findOwnEnvironment(places))?.interpreter ?? recordedInterpreter(dataFolder);
}

/** Whether a file is a Python that runs, and has no Semlens. */
async function lacksSemlens(interpreter: string): Promise<boolean> {
  if (!path.isAbsolute(interpreter)) {
    return false;
  }
  const script = "import importlib.util; print(importlib.util.find_spec('semlens') is None)";
  return (await run(interpreter, ['-I', '-c', script])).output.trim() === 'True';
}

async function recordedInterpreter(dataFolder: string): Promise<string | undefined> {
  try {
    const text = await fs.readFile(path.join(dataFolder, 'environment.json'), 'utf8');
    const recorded = (JSON.parse(text) as { interpreter?: unknown }).interpreter;
    return typeof recorded === 'string' ? recorded : undefined;
  } catch {
    return undefined;
  }
}

function expandHome(file: string): string {
  return file.startsWith('~/') ? path.join(os.homedir(), file.slice(2)) : file;
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await fs.stat(file)).isFile();
  } catch {
    return false;
  }
}

function run(file: string, args: string[]): Promise<{ failure: boolean; output: string }> {
  const options = { env: serverVariables(), cwd: os.tmpdir(), timeout: 20_000 };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, output) => {
      resolve({ failure: error !== null, output });
    });
  });
}
