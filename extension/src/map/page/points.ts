/** The points of a map as arrays: one object for each would take a hundred times the memory. */

import type { MapCluster, MapResult } from '../../protocol';
import type { PlaceInFile } from '../messages';
import { t } from '../../text/words';

/** Of a point that stands for several small definitions. */
const GROUP = 'group';

export interface Points {
  count: number;
  x: Float32Array;
  y: Float32Array;
  /** The place of each point's path in `paths`. */
  file: Uint32Array;
  first: Uint32Array;
  last: Uint32Array;
  /** -1 for none. */
  cluster: Int16Array;
  kind: Uint8Array;
  names: string[];
  kinds: string[];
  paths: string[];
  languages: string[];
  changed: number[];
  clusters: MapCluster[];
}

export function pointsOf(map: MapResult): Points {
  const positions = new Float32Array(bytes(map.positions));
  const lines = new Uint32Array(bytes(map.lines));
  const every = <T>(from: ArrayLike<number>, at: number, into: T & Record<number, number>): T => {
    for (let row = 0; row < map.points; row++) {
      into[row] = from[2 * row + at] ?? 0;
    }
    return into;
  };
  return {
    count: map.points,
    x: every(positions, 0, new Float32Array(map.points)),
    y: every(positions, 1, new Float32Array(map.points)),
    file: new Uint32Array(bytes(map.files)),
    first: every(lines, 0, new Uint32Array(map.points)),
    last: every(lines, 1, new Uint32Array(map.points)),
    cluster: new Int16Array(bytes(map.clusters)),
    kind: new Uint8Array(bytes(map.kinds)),
    names: map.names.map(named),
    kinds: map.kindList,
    paths: map.paths,
    languages: map.languages,
    changed: map.changed,
    clusters: map.clusterList,
  };
}

/** "run and 2 more", as the server names a point that is several definitions, in the language of the editor. */
function named(name: string): string {
  const [, first = name, others] = /^(.+) and (\d+) more$/.exec(name) ?? [];
  return others === undefined ? name : t('{0} and {1} more', first, others);
}

export function pathOf(points: Points, row: number): string {
  return points.paths[points.file[row] ?? 0] ?? '';
}

export function placeOf(points: Points, row: number): PlaceInFile {
  return { path: pathOf(points, row), line: points.first[row] ?? 0, endLine: points.last[row] ?? 0 };
}

/** "method Cart.total, src/cart.py:12". */
export function spoken(points: Points, row: number): string {
  const { path, line } = placeOf(points, row);
  const kind = points.kinds[points.kind[row] ?? 0] ?? '';
  const name = points.names[row] ?? '';
  return `${kind === GROUP ? name : `${kind} ${name}`}, ${path}:${line + 1}`;
}

/** The points at places in files: the smallest definition around each. */
export function rowsAt(points: Points, places: readonly PlaceInFile[]): number[] {
  const files = new Map(points.paths.map((path, at) => [path, at]));
  const wanted = new Map<number, PlaceInFile[]>();
  for (const place of places) {
    const file = files.get(place.path);
    if (file !== undefined) {
      wanted.set(file, [...(wanted.get(file) ?? []), place]);
    }
  }
  const best = new Map<PlaceInFile, number>();
  for (let row = 0; row < points.count; row++) {
    for (const place of wanted.get(points.file[row] ?? -1) ?? []) {
      const [first, last] = [points.first[row] ?? 0, points.last[row] ?? 0];
      const before = best.get(place);
      const size = before === undefined ? Infinity : (points.last[before] ?? 0) - (points.first[before] ?? 0);
      if (first <= place.endLine && last >= place.line && last - first < size) {
        best.set(place, row);
      }
    }
  }
  const inOrder = places.map((place) => best.get(place)).filter((row) => row !== undefined);
  return [...new Set(inOrder)];
}

function bytes(base64: string): ArrayBuffer {
  const text = atob(base64);
  const found = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    found[at] = text.charCodeAt(at);
  }
  return found.buffer;
}
