/** The plane with the points: what is drawn, and how pointer and keys move over it. */

import { type Bounds, boundsOf, type Camera, fit, zoomed } from './camera';
import { Grid, isInside } from './grid';
import type { Groups } from './groups';
import { type Marked, Overlay } from './overlay';
import type { Points } from './points';
import { type Mark, marksOf, type Theme } from './theme';
import { Raster } from './raster';

export interface Events {
  hovered: (row: number | undefined, x: number, y: number) => void;
  chosen: (row: number) => void;
  /** Rows within a lasso. */
  enclosed: (rows: number[]) => void;
}

/** Pixels of the page around the pointer in which a point is meant. */
const REACH = 10;
const SMALLEST = 2;
const LARGEST = 12;
/** Of the distance between points, if they were spread evenly. */
const FILL = 0.34;

export class Plane {
  readonly marked: Marked = { hits: [], chosen: undefined, near: [], hovered: undefined, lasso: [] };
  camera: Camera = { scale: 1, x: 0, y: 0 };
  marks: Mark[] = [];
  private lit: Uint8Array | undefined;
  private grid: Grid;
  private bounds: Bounds;
  private whole = 1;
  private ratio = 1;
  private waiting = false;
  private readonly raster: Raster;
  private readonly overlay: Overlay;

  constructor(
    readonly element: HTMLElement,
    private readonly events: Events,
    private points: Points,
    private groups: Groups,
    private theme: Theme,
  ) {
    const [below, above] = [document.createElement('canvas'), document.createElement('canvas')];
    element.append(below, above);
    this.raster = new Raster(below);
    this.overlay = new Overlay(above);
    this.grid = new Grid(points);
    this.bounds = boundsOf(points.x, points.y);
    this.marks = marksOf(groups, theme);
    new ResizeObserver(() => {
      this.resize();
    }).observe(element);
    this.resize();
    this.showAll();
  }

  /** Show other points, from where they are looked at now. */
  replace(points: Points, groups: Groups): void {
    this.points = points;
    this.grid = new Grid(points);
    this.bounds = boundsOf(points.x, points.y);
    Object.assign(this.marked, { hits: [], chosen: undefined, near: [], hovered: undefined });
    this.lit = undefined;
    this.paint(groups, this.theme);
  }

  paint(groups: Groups, theme: Theme): void {
    this.groups = groups;
    this.theme = theme;
    this.marks = marksOf(groups, theme);
    this.redraw();
  }

  /** Let some points stand out; all are alike again without any. */
  light(rows: readonly number[]): void {
    this.lit = rows.length === 0 ? undefined : new Uint8Array(this.points.count);
    rows.forEach((row) => this.lit?.fill(1, row, row + 1));
    this.redraw();
  }

  showAll(): void {
    const { width, height } = this.size;
    this.camera = fit(this.bounds, width, height);
    this.whole = this.camera.scale;
    this.redraw();
  }

  /** Bring some points onto the screen if any is outside. */
  reveal(rows: readonly number[]): void {
    const { width, height } = this.size;
    const outside = rows.some((row) => {
      const [x, y] = this.screen(row);
      return x < 0 || y < 0 || x > width || y > height;
    });
    if (outside && rows.length === 1) {
      const [x, y] = this.screen(rows[0] ?? 0);
      this.pan(width / 2 - x, height / 2 - y);
    } else if (outside) {
      this.showAll();
    }
  }

  zoom(factor: number, x = this.size.width / 2, y = this.size.height / 2): void {
    this.camera = zoomed(this.camera, factor, x, y, this.whole);
    this.redraw();
  }

  pan(x: number, y: number): void {
    this.camera = { ...this.camera, x: this.camera.x + x, y: this.camera.y + y };
    this.redraw();
  }

  /** The point at a place of the page; undefined if there is none. */
  pointAt(x: number, y: number): number | undefined {
    const { scale } = this.camera;
    const [across, down] = this.onMap(x * this.ratio, y * this.ratio);
    return this.grid.nearest(across, down, (REACH * this.ratio) / scale);
  }

  /** The nearest point in a direction from another one, or without one the point in the middle. */
  neighbour(from: number | undefined, across: number, down: number): number | undefined {
    const { width, height } = this.size;
    const [x, y] = from === undefined ? [width / 2, height / 2] : this.screen(from);
    let best: number | undefined;
    let nearest = Infinity;
    for (let row = 0; row < this.points.count; row++) {
      const [toX, toY] = this.screen(row);
      const ahead = from === undefined ? 0 : (toX - x) * across + (toY - y) * down;
      const aside =
        from === undefined
          ? Math.hypot(toX - x, toY - y)
          : Math.abs((toX - x) * down) + Math.abs((toY - y) * across);
      const distance = ahead + 2 * aside;
      if (row !== from && distance < nearest && (from === undefined || ahead > 0)) {
        nearest = distance;
        best = row;
      }
    }
    return best;
  }

  /** Add to the lasso, in pixels of the page. */
  lassoTo(x: number, y: number): void {
    this.marked.lasso = [...this.marked.lasso, x * this.ratio, y * this.ratio];
    this.redraw();
  }

  /** Take what is within the lasso. */
  endLasso(): void {
    const { lasso } = this.marked;
    const rows: number[] = [];
    for (let row = 0; row < this.points.count; row++) {
      if (isInside(lasso, ...this.screen(row))) {
        rows.push(row);
      }
    }
    this.marked.lasso = [];
    this.redraw();
    this.events.enclosed(rows);
  }

  hover(x: number, y: number): void {
    const row = this.pointAt(x, y);
    if (row !== this.marked.hovered) {
      this.marked.hovered = row;
      this.redraw();
      this.events.hovered(row, x, y);
    }
  }

  click(x: number, y: number): void {
    const row = this.pointAt(x, y);
    if (row !== undefined) {
      this.events.chosen(row);
    }
  }

  /** Draw with the next frame, however often this is called. */
  redraw(): void {
    if (!this.waiting) {
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        this.draw();
      });
    }
  }

  draw(): void {
    const { points, groups, marks, theme, lit, camera } = this;
    const size = this.pointSize();
    this.raster.draw({ x: points.x, y: points.y, group: groups.of, marks, theme, lit }, camera, size);
    this.overlay.draw(points, this.marked, camera, theme, size, this.ratio);
  }

  private get size(): { width: number; height: number } {
    return { width: this.element.clientWidth * this.ratio, height: this.element.clientHeight * this.ratio };
  }

  private screen(row: number): [number, number] {
    const { scale, x, y } = this.camera;
    return [(this.points.x[row] ?? 0) * scale + x, (this.points.y[row] ?? 0) * scale + y];
  }

  private onMap(x: number, y: number): [number, number] {
    return [(x - this.camera.x) / this.camera.scale, (y - this.camera.y) / this.camera.scale];
  }

  /** Larger the fewer points there are and the nearer they are looked at. */
  private pointSize(): number {
    const { width, height } = this.size;
    const apart = Math.sqrt((width * height) / Math.max(1, this.points.count)) / this.ratio;
    const base = Math.min(Math.max(FILL * apart, SMALLEST), 7);
    const near = Math.sqrt(Math.max(1, this.camera.scale / this.whole));
    return Math.round(Math.min(base * near, LARGEST) * this.ratio);
  }

  private resize(): void {
    const before = this.size;
    this.ratio = window.devicePixelRatio;
    const { width, height } = this.size;
    this.raster.resize(Math.round(width), Math.round(height));
    this.overlay.resize(Math.round(width), Math.round(height));
    if (before.width > 0) {
      const whole = fit(this.bounds, width, height);
      const zoom = this.camera.scale / this.whole;
      this.whole = whole.scale;
      this.camera = zoomed(whole, zoom, width / 2, height / 2, this.whole);
    }
    this.draw();
  }
}
