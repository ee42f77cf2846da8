/** Programs that the set-up runs: found on the PATH, never in a workspace, with the user's proxies. */

import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

const PROBE_TIMEOUT_MS = 10_000;
const MISLEADING = /^(VSCODE_|ELECTRON_|PYTHON)/;

/** This process's variables for a program of the set-up, with VS Code's proxy if the user has none of their own. */
export function setUpVariables(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !MISLEADING.test(name));
  const variables = Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']));
  const proxy = vscode.workspace.getConfiguration('http').get<string>('proxy', '').trim();
  if (proxy !== '') {
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) {
      if (variables[name] === undefined && variables[name.toLowerCase()] === undefined) {
        variables[name] = proxy;
      }
    }
  }
  return variables;
}

/** The full path of a program on the PATH. Relative folders of the PATH and workspaces are left out. */
export async function which(name: string): Promise<string | undefined> {
  const endings = process.platform === 'win32' ? ['.exe'] : [''];
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const ending of path.isAbsolute(folder) ? endings : []) {
      const file = path.join(folder, name + ending);
      if ((await isExecutable(file)) && !(await isInWorkspace(file))) {
        return file;
      }
    }
  }
  return undefined;
}

/** Whether a file is in an open folder, also through links: nothing of a workspace is run. */
export async function isInWorkspace(file: string): Promise<boolean> {
  const places = [file, await fs.realpath(file).catch(() => file)];
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  return folders.some((folder) =>
    places.some((place) => {
      const below = path.relative(folder, place);
      return !below.startsWith('..') && !path.isAbsolute(below);
    }),
  );
}

/** What a program prints, or undefined if it fails. */
export function output(
  file: string,
  args: string[],
  timeout = PROBE_TIMEOUT_MS,
): Promise<string | undefined> {
  const options = { env: setUpVariables(), cwd: os.tmpdir(), timeout };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, text) => {
      resolve(error === null ? text : undefined);
    });
  });
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await fs.access(file, fs.constants.X_OK);
    return (await fs.stat(file)).isFile();
  } catch {
    return false;
  }
}
