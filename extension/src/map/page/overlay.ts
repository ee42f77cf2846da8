/** What is drawn over the points: names of clusters, what was found, what is chosen, and the lasso. */

import type { Camera } from './camera';
import type { Points } from './points';
import { css, type Theme } from './theme';
import { t } from '../../text/words';

export interface Marked {
  /** Rows of the hits of a question, the best first. */
  hits: readonly number[];
  chosen: number | undefined;
  /** Rows of those near the chosen one. */
  near: readonly number[];
  hovered: number | undefined;
  /** x and y in turn, in pixels. */
  lasso: readonly number[];
}

/** With fewer points on the screen each has its name, where there is room. */
const FEW = 200;
const MOST_CLUSTERS = 40;
const NUMBERED = 9;
/** Pixels between a text and the edge of the map. */
const EDGE = 4;

const heights = new WeakMap<Points, readonly number[]>();

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export class Overlay {
  private readonly context: CanvasRenderingContext2D;
  private readonly widths = new Map<string, number>();

  constructor(private readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d');
    if (context === null) {
      throw new Error(t('This editor cannot draw a picture.'));
    }
    this.context = context;
  }

  resize(width: number, height: number): void {
    this.canvas.width = width;
    this.canvas.height = height;
    this.widths.clear();
  }

  /** @param size Pixels of a point. @param ratio Pixels of the device in one of the page. */
  draw(points: Points, marked: Marked, camera: Camera, theme: Theme, size: number, ratio: number): void {
    const { context, canvas } = this;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.lineWidth = 1.5 * ratio;
    const at = (row: number): [number, number] => [
      (points.x[row] ?? 0) * camera.scale + camera.x,
      (points.y[row] ?? 0) * camera.scale + camera.y,
    ];
    this.links(marked, at, theme);
    this.rings(marked, at, theme, size, ratio);
    const taken: Box[] = [];
    this.pointNames(points, marked, at, theme, size, ratio, taken);
    this.clusterNames(points, camera, theme, ratio, taken);
    this.lasso(marked.lasso, theme, ratio);
  }

  private links({ chosen, near }: Marked, at: (row: number) => [number, number], theme: Theme): void {
    if (chosen === undefined) {
      return;
    }
    const { context } = this;
    context.strokeStyle = css(theme.foreground);
    context.beginPath();
    for (const row of near) {
      context.moveTo(...at(chosen));
      context.lineTo(...at(row));
    }
    context.stroke();
  }

  private rings(
    { hits, chosen, near, hovered }: Marked,
    at: (row: number) => [number, number],
    theme: Theme,
    size: number,
    ratio: number,
  ): void {
    const { context } = this;
    const ring = (row: number, radius: number, width: number, colour = theme.foreground): void => {
      context.strokeStyle = css(colour);
      context.lineWidth = width * ratio;
      context.beginPath();
      context.arc(...at(row), radius, 0, 2 * Math.PI);
      context.stroke();
    };
    const radius = size / 2 + 3 * ratio;
    hits.forEach((row) => {
      ring(row, radius, 1.5);
    });
    near.forEach((row) => {
      ring(row, radius, 1);
    });
    if (hovered !== undefined) {
      ring(hovered, radius, 1.5);
    }
    if (chosen !== undefined) {
      ring(chosen, radius + 2 * ratio, 3, theme.accent);
    }
  }

  /** The first hits have their number, the chosen point and few points on the screen their names. */
  private pointNames(
    points: Points,
    { hits, chosen, near }: Marked,
    at: (row: number) => [number, number],
    theme: Theme,
    size: number,
    ratio: number,
    taken: Box[],
  ): void {
    const named = [...(chosen === undefined ? [] : [chosen]), ...near];
    const done = new Set<number>();
    const shown = this.onScreen(points, at);
    const gap = size / 2 + 8 * ratio;
    this.context.font = `${12 * ratio}px ${theme.font}`;
    const numbered = hits.slice(0, NUMBERED);
    const numbers = numbered.map((row, rank) => this.place(String(rank + 1), ...at(row), ratio, gap).box);
    numbered.forEach((row, rank) => {
      const [x, y] = at(row);
      const number = String(rank + 1);
      const width = this.width(number);
      const other = numbers.slice(rank + 1);
      const put = (text: string, down: number, beside: number, around: Box[]): boolean =>
        this.text(text, x, y + down, theme, ratio, taken, beside, around);
      // A name that has no room leaves its number; a number goes around its point, and is there in any case.
      [
        (): boolean => put(`${number} ${points.names[row] ?? ''}`, 0, gap, other) && !!done.add(row),
        (): boolean => put(number, 0, gap, other),
        (): boolean => put(number, 0, -gap - width, other),
        (): boolean => put(number, -gap, -width / 2, other),
        (): boolean => put(number, gap, -width / 2, other),
        (): boolean => this.text(number, x, y, theme, ratio, [], gap),
      ].some((tried) => tried());
    });
    const others = [...named, ...(shown.length <= FEW ? shown : [])].filter((row) => !done.has(row));
    for (const row of others) {
      const [x, y] = at(row);
      this.text(points.names[row] ?? '', x, y, theme, ratio, taken, gap);
    }
  }

  private onScreen(points: Points, at: (row: number) => [number, number]): number[] {
    const found: number[] = [];
    for (let row = 0; row < points.count && found.length <= FEW; row++) {
      const [x, y] = at(row);
      if (x >= 0 && y >= 0 && x <= this.canvas.width && y <= this.canvas.height) {
        found.push(row);
      }
    }
    return found;
  }

  /** Above the thick of each cluster, so that a small one is not covered. */
  private clusterNames(points: Points, camera: Camera, theme: Theme, ratio: number, taken: Box[]): void {
    this.context.font = `600 ${13 * ratio}px ${theme.font}`;
    const heights = heightsOf(points);
    points.clusters.slice(0, MOST_CLUSTERS).forEach(({ name, x, y }, at) => {
      const [across, down] = [
        x * camera.scale + camera.x,
        (y - (heights[at] ?? 0)) * camera.scale + camera.y,
      ];
      this.text(name, across, down - 10 * ratio, theme, ratio, taken);
    });
  }

  /**
   * A text, unless it would cover another one; whether it is there.
   * @param gap Between a place and its text beside it; without, the text is over the place.
   * @param kept What is kept free besides what is taken.
   */
  private text(
    text: string,
    x: number,
    y: number,
    theme: Theme,
    ratio: number,
    taken: Box[],
    gap?: number,
    kept: readonly Box[] = [],
  ): boolean {
    const { context } = this;
    const { box, hidden } = this.place(text, x, y, ratio, gap);
    const { left } = box;
    if (text === '' || hidden || [...taken, ...kept].some((other) => overlap(box, other))) {
      return false;
    }
    taken.push(box);
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = 4 * ratio;
    context.strokeStyle = css(theme.background);
    context.strokeText(text, left, y);
    context.fillStyle = css(theme.foreground);
    context.fillText(text, left, y);
    return true;
  }

  /** Where a text would be, and whether that is outside of the map. */
  private place(
    text: string,
    x: number,
    y: number,
    ratio: number,
    gap?: number,
  ): { box: Box; hidden: boolean } {
    const width = this.width(text);
    const beside = gap ?? -width / 2;
    const wanted = gap !== undefined && x + gap + width > this.canvas.width ? x - gap - width : x + beside;
    const left = x < 0 || x > this.canvas.width ? wanted : this.whole(wanted, width, EDGE * ratio);
    const box = { left, top: y - 9 * ratio, right: left + width, bottom: y + 9 * ratio };
    const hidden =
      box.right < 0 || box.bottom < 0 || left > this.canvas.width || box.top > this.canvas.height;
    return { box, hidden };
  }

  private width(text: string): number {
    const key = `${this.context.font} ${text}`;
    const width = this.widths.get(key) ?? this.context.measureText(text).width;
    this.widths.set(key, width);
    return width;
  }

  /** The left end of a text that is to be read in full, if there is room for it. */
  private whole(left: number, width: number, edge: number): number {
    return Math.max(edge, Math.min(left, this.canvas.width - width - edge));
  }

  private lasso(lasso: readonly number[], theme: Theme, ratio: number): void {
    const { context } = this;
    context.beginPath();
    for (let at = 0; at < lasso.length; at += 2) {
      context.lineTo(lasso[at] ?? 0, lasso[at + 1] ?? 0);
    }
    context.lineWidth = 1.5 * ratio;
    context.setLineDash([5 * ratio, 4 * ratio]);
    context.strokeStyle = css(theme.accent);
    context.stroke();
    context.setLineDash([]);
  }
}

/** The deviation of each cluster's points from its middle, upwards and downwards; worked out once. */
function heightsOf(points: Points): readonly number[] {
  const known = heights.get(points);
  if (known !== undefined) {
    return known;
  }
  const squares = points.clusters.map(() => 0);
  points.cluster.forEach((cluster, row) => {
    const middle = points.clusters[cluster];
    if (middle !== undefined) {
      squares[cluster] = (squares[cluster] ?? 0) + ((points.y[row] ?? 0) - middle.y) ** 2;
    }
  });
  const found = squares.map((sum, at) => Math.sqrt(sum / Math.max(1, points.clusters[at]?.size ?? 1)));
  heights.set(points, found);
  return found;
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;
}
