/** What the extension carries to set Semlens up, and the environments that were made from it. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/** Where the set-up finds its parts, and where it keeps environments. */
export interface Places {
  /** The extension's parts: the wheel of Semlens, the locks and the program that installs them. */
  parts: string;
  /** VS Code's global storage of this extension. */
  storage: string;
}

export interface Manifest {
  version: string;
  /** Changes with everything that is installed. */
  key: string;
  /** Megabytes to fetch: platform → stage. */
  sizes: Record<string, Record<Stage, number> | undefined>;
}

export type Stage = 'base' | 'full';

/** An environment that was made as a whole. */
export interface OwnEnvironment {
  folder: string;
  interpreter: string;
  /** Whether it is that of this version of the extension. */
  current: boolean;
  full: boolean;
}

interface Stamp {
  format: number;
  key: string;
  interpreter: string;
  full: string;
}

const STAMP = 'semlens-environment.json';
const FORMAT = 1;

/** Undefined for an extension that was packed without the parts, as a checkout may do. */
export async function readManifest({ parts }: Places): Promise<Manifest | undefined> {
  return readJson<Manifest>(path.join(parts, 'manifest.json'));
}

/** The megabytes that a stage fetches on this machine, if they are known. */
export function megabytes({ sizes }: Manifest, stage: Stage): number | undefined {
  return sizes[`${process.platform}-${process.arch}`]?.[stage];
}

/** The environment of this version, else the newest of another version, which serves until the new one is made. */
export async function findOwnEnvironment(places: Places): Promise<OwnEnvironment | undefined> {
  const key = (await readManifest(places))?.key;
  const folder = path.join(places.storage, 'environments');
  const names = await fs.readdir(folder).catch(() => []);
  const found = await Promise.all(names.map((name) => readEnvironment(path.join(folder, name), key)));
  const whole = found.filter((one) => one !== undefined).sort((a, b) => b.made - a.made);
  return whole.find((one) => one.current) ?? whole[0];
}

async function readEnvironment(
  folder: string,
  key: string | undefined,
): Promise<(OwnEnvironment & { made: number }) | undefined> {
  const stamp = await readJson<Stamp>(path.join(folder, STAMP));
  if (stamp?.format !== FORMAT) {
    return undefined;
  }
  const interpreter = path.join(folder, ...stamp.interpreter.split('/'));
  try {
    await fs.access(interpreter);
    const made = (await fs.stat(path.join(folder, STAMP))).mtimeMs;
    return { folder, interpreter, current: stamp.key === key, full: stamp.full !== '', made };
  } catch {
    return undefined;
  }
}

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await fs.readFile(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
