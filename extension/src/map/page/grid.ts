/** Finds the points near a place: a grid of cells over the map, each with its points. */

import { boundsOf } from './camera';
import type { Points } from './points';

const PER_CELL = 8;

export class Grid {
  private readonly size: number;
  private readonly cell: number;
  private readonly left: number;
  private readonly top: number;
  /** Where the points of each cell begin in `rows`. */
  private readonly starts: Uint32Array;
  private readonly rows: Uint32Array;

  constructor(private readonly points: Points) {
    const { x, y, count } = points;
    const bounds = boundsOf(x, y);
    this.size = Math.max(1, Math.ceil(Math.sqrt(count / PER_CELL)));
    const width = Math.max(bounds.right - bounds.left, bounds.bottom - bounds.top, 1e-6);
    this.cell = (width / this.size) * 1.0001;
    this.left = bounds.left;
    this.top = bounds.top;
    this.starts = new Uint32Array(this.size * this.size + 1);
    for (let row = 0; row < count; row++) {
      const after = this.cellOf(row) + 1;
      this.starts[after] = (this.starts[after] ?? 0) + 1;
    }
    for (let at = 1; at < this.starts.length; at++) {
      this.starts[at] = (this.starts[at] ?? 0) + (this.starts[at - 1] ?? 0);
    }
    const next = this.starts.slice();
    this.rows = new Uint32Array(count);
    for (let row = 0; row < count; row++) {
      const cell = this.cellOf(row);
      const at = next[cell] ?? 0;
      this.rows[at] = row;
      next[cell] = at + 1;
    }
  }

  /** The nearest point within a radius, in units of the map; undefined if there is none. */
  nearest(x: number, y: number, radius: number): number | undefined {
    let best: number | undefined;
    let least = radius * radius;
    this.around(x, y, radius, (row) => {
      const distance = ((this.points.x[row] ?? 0) - x) ** 2 + ((this.points.y[row] ?? 0) - y) ** 2;
      if (distance <= least) {
        least = distance;
        best = row;
      }
    });
    return best;
  }

  /** Calls `found` with every point in the cells within a radius, and some beyond it. */
  around(x: number, y: number, radius: number, found: (row: number) => void): void {
    const from = (value: number, low: number): number =>
      Math.max(0, Math.floor((value - radius - low) / this.cell));
    const to = (value: number, low: number): number =>
      Math.min(this.size - 1, Math.floor((value + radius - low) / this.cell));
    for (let down = from(y, this.top); down <= to(y, this.top); down++) {
      for (let across = from(x, this.left); across <= to(x, this.left); across++) {
        const cell = down * this.size + across;
        for (let at = this.starts[cell] ?? 0; at < (this.starts[cell + 1] ?? 0); at++) {
          found(this.rows[at] ?? 0);
        }
      }
    }
  }

  private cellOf(row: number): number {
    const across = Math.floor(((this.points.x[row] ?? 0) - this.left) / this.cell);
    const down = Math.floor(((this.points.y[row] ?? 0) - this.top) / this.cell);
    return down * this.size + across;
  }
}

/** Whether a place is within a polygon of x and y in turn. */
export function isInside(polygon: readonly number[], x: number, y: number): boolean {
  let inside = false;
  for (let at = 0, before = polygon.length - 2; at < polygon.length; before = at, at += 2) {
    const [x1 = 0, y1 = 0] = polygon.slice(at, at + 2);
    const [x2 = 0, y2 = 0] = polygon.slice(before, before + 2);
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) {
      inside = !inside;
    }
  }
  return inside;
}
