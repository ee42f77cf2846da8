/** What the colours and shapes of the points say: their folder, language, age or cluster. */

import type { Points } from './points';
import { t } from '../../text/words';

export type Colouring = 'folder' | 'language' | 'age' | 'cluster';

export interface Groups {
  /** What each group is called, the last being that of all others if there are any. */
  names: string[];
  sizes: number[];
  /** The group of each point. */
  of: Uint8Array;
  /** Whether the groups have an order, as ages do. */
  ordered: boolean;
  /** Whether the last group is that of all others. */
  others: boolean;
}

/** Beyond these a legend is not read any more. */
const MOST = 12;
/** A folder with a larger share of the points is parted. */
const LARGE = 0.4;
const DAY = 86_400;
const AGES: readonly (readonly [name: string, seconds: number])[] = [
  [t('Today'), DAY],
  [t('This week'), 7 * DAY],
  [t('This month'), 31 * DAY],
  [t('This quarter'), 92 * DAY],
  [t('This year'), 366 * DAY],
  [t('Older'), Infinity],
];

export function groupsOf(points: Points, colouring: Colouring): Groups {
  if (colouring === 'age') {
    const now = Date.now() / 1_000;
    const ages = points.changed.map((time) => AGES.findIndex(([, seconds]) => now - time < seconds));
    const of = Uint8Array.from(points.file, (file) => ages[file] ?? AGES.length - 1);
    return {
      names: AGES.map(([name]) => name),
      sizes: counted(of, AGES.length),
      of,
      ordered: true,
      others: false,
    };
  }
  if (colouring === 'cluster') {
    return largest(
      points.count,
      (row) => {
        const cluster = points.cluster[row] ?? -1;
        return cluster < 0 ? undefined : String(cluster);
      },
      (key) => points.clusters[Number(key)]?.name ?? '',
    );
  }
  const keys = colouring === 'language' ? points.languages : folders(points);
  return largest(
    points.count,
    (row) => keys[points.file[row] ?? 0] ?? '',
    (key) => key,
  );
}

/** The largest groups, and the rest as one. */
function largest(
  count: number,
  keyOf: (row: number) => string | undefined,
  nameOf: (key: string) => string,
): Groups {
  const sizes = new Map<string, number>();
  for (let row = 0; row < count; row++) {
    const key = keyOf(row);
    if (key !== undefined) {
      sizes.set(key, (sizes.get(key) ?? 0) + 1);
    }
  }
  const keys = [...sizes].sort(([, one], [, other]) => other - one).map(([key]) => key);
  const shown = new Map(keys.slice(0, MOST).map((key, at) => [key, at]));
  const of = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    of[row] = shown.get(keyOf(row) ?? '') ?? shown.size;
  }
  const others = of.includes(shown.size);
  const names = [...[...shown.keys()].map(nameOf), ...(others ? [t('Others')] : [])];
  return { names, sizes: counted(of, names.length), of, ordered: false, others };
}

function counted(of: Uint8Array, groups: number): number[] {
  const sizes = new Array<number>(groups).fill(0);
  for (const group of of) {
    sizes[group] = (sizes[group] ?? 0) + 1;
  }
  return sizes;
}

/** The folder that each path is counted to: large folders are parted until there are enough groups. */
function folders(points: Points): string[] {
  const weights = new Array<number>(points.paths.length).fill(0);
  for (const file of points.file) {
    weights[file] = (weights[file] ?? 0) + 1;
  }
  let groups = new Map<string, number[]>([['', points.paths.map((_, at) => at)]]);
  const weight = (files: readonly number[]): number =>
    files.reduce((sum, file) => sum + (weights[file] ?? 0), 0);
  for (;;) {
    const parted = [...groups].find(
      ([, files]) => weight(files) > LARGE * points.count && groups.size < MOST,
    );
    const parts = parted && partsOf(points.paths, parted[0], parted[1]);
    if (parted === undefined || parts === undefined) {
      break;
    }
    groups.delete(parted[0]);
    groups = new Map([...groups, ...parts]);
  }
  const found = new Array<string>(points.paths.length).fill('');
  for (const [folder, files] of groups) {
    files.forEach((file) => (found[file] = folder === '' ? t('Top folder') : folder));
  }
  return found;
}

/** The files of a folder by the folders in it; undefined if it cannot be parted. */
function partsOf(
  paths: readonly string[],
  folder: string,
  files: readonly number[],
): Map<string, number[]> | undefined {
  if (folder.endsWith('/')) {
    return undefined;
  }
  const prefix = folder === '' ? '' : `${folder}/`;
  const parts = new Map<string, number[]>();
  for (const file of files) {
    const rest = (paths[file] ?? '').slice(prefix.length);
    const at = rest.indexOf('/');
    // Its own files are named with a slash, and not parted again.
    const part = at < 0 ? (folder === '' ? './' : prefix) : prefix + rest.slice(0, at);
    parts.set(part, [...(parts.get(part) ?? []), file]);
  }
  return parts;
}
