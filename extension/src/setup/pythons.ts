/** Finds a Python that an environment can be made from: on this machine, outside of every workspace. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { isInWorkspace, output, which } from './processes';

export type PythonSearch = { kind: 'found'; python: string } | { kind: 'none'; message: string };

interface Command {
  file: string;
  args: string[];
}

interface Probed {
  file: string;
  version: string;
  fits: boolean;
}

/** The part of the Python extension's API (ms-python.python) that is used here. */
interface PythonExtension {
  environments?: {
    getActiveEnvironmentPath(): { path: string };
    resolveEnvironment(environment: {
      path: string;
    }): Promise<{ executable?: { uri?: vscode.Uri } } | undefined>;
  };
}

const PROBE = `
import sys
file = getattr(sys, "_base_executable", None) or sys.executable
bits = 64 if sys.maxsize > 2 ** 32 else 32
print("%s %d.%d %d %s" % (sys.implementation.name, sys.version_info[0], sys.version_info[1], bits, file))
`;
import { t } from '../text/words';
const FETCH_TIMEOUT_MS = 600_000;
const NEWEST = 13;
const OLDEST = 10;
const NEEDED = t('Python 3.{0} to 3.{1}', OLDEST, NEWEST);

/** The Python of the setting, the Python extension's, a uv that was asked for one, or one on the PATH. */
export async function findPython(storage: string): Promise<PythonSearch> {
  const unfit: Probed[] = [];
  for await (const command of candidates(storage)) {
    const probed = await probe(command);
    if (probed?.fits && !(await isInWorkspace(probed.file))) {
      return { kind: 'found', python: probed.file };
    }
    if (probed !== undefined) {
      unfit.push(probed);
    }
  }
  const [other] = unfit;
  const message =
    other === undefined
      ? t('Semlens needs {0} on this machine, and none was found.', NEEDED)
      : t(
          'Semlens needs {0} on this machine, and only {1} was found ({2}).',
          NEEDED,
          other.version,
          other.file,
        );
  return { kind: 'none', message };
}

/** Has uv fetch a Python of its own into the storage folder. Rejects with a sentence. */
export async function pythonByUv(uv: string, storage: string): Promise<void> {
  const folder = folderOfUv(storage);
  await fs.mkdir(folder, { recursive: true });
  const args = ['python', 'install', '3.12', '--install-dir', folder, '--no-bin'];
  if ((await output(uv, args, FETCH_TIMEOUT_MS)) === undefined) {
    throw new Error(t('uv could not fetch a Python: install one from python.org, then try again.'));
  }
}

async function* candidates(storage: string): AsyncGenerator<Command> {
  const chosen = vscode.workspace.getConfiguration('semlens').get<string>('interpreter', '').trim();
  if (path.isAbsolute(chosen)) {
    yield { file: chosen, args: [] };
  }
  const known = await ofPythonExtension();
  if (known !== undefined && !(await isInWorkspace(known))) {
    yield { file: known, args: [] };
  }
  for (const name of (await fs.readdir(folderOfUv(storage)).catch(() => [])).sort().reverse()) {
    const inside = process.platform === 'win32' ? ['python.exe'] : ['bin', 'python3'];
    yield { file: path.join(folderOfUv(storage), name, ...inside), args: [] };
  }
  const minors = Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => `3.${NEWEST - index}`);
  for (const name of [...minors.map((minor) => `python${minor}`), 'python3', 'python']) {
    const file = await which(name);
    if (file !== undefined) {
      yield { file, args: [] };
    }
  }
  const launcher = process.platform === 'win32' ? await which('py') : undefined;
  for (const minor of launcher === undefined ? [] : minors) {
    yield { file: launcher ?? '', args: [`-${minor}`] };
  }
}

async function probe({ file, args }: Command): Promise<Probed | undefined> {
  const said = (await output(file, [...args, '-I', '-c', PROBE]))
    ?.trim()
    .match(/^(\w+) 3\.(\d+) (\d+) (.+)$/);
  if (!said) {
    return undefined;
  }
  const [, make, minor, bits, executable = file] = said;
  const fits = make === 'cpython' && bits === '64' && Number(minor) >= OLDEST && Number(minor) <= NEWEST;
  return { file: executable, version: `3.${minor}`, fits };
}

async function ofPythonExtension(): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) {
    return undefined;
  }
  try {
    const extension = vscode.extensions.getExtension<PythonExtension>('ms-python.python');
    const environments = (await extension?.activate())?.environments;
    const active = environments?.getActiveEnvironmentPath();
    const resolved = active === undefined ? undefined : await environments?.resolveEnvironment(active);
    return resolved?.executable?.uri?.fsPath;
  } catch {
    return undefined;
  }
}

function folderOfUv(storage: string): string {
  return path.join(storage, 'python');
}
