/**
 * Draws points straight into the pixels of a canvas, each as a small stamp of its group's shape and colour. So
 * 100,000 points take a few milliseconds without WebGL.
 */

import type { Camera } from './camera';
import { type Colour, type Mark, mixed, type Shape, type Theme } from './theme';
import { t } from '../../text/words';

/** Pixels around the picture, so that a stamp at its edge needs no check. */
const EDGE = 16;

export interface Scene {
  x: Float32Array;
  y: Float32Array;
  group: Uint8Array;
  marks: readonly Mark[];
  theme: Theme;
  /** Points that stand out, if any do; the others are faint. */
  lit: Uint8Array | undefined;
}

interface Stamp {
  /** Where its pixels are, from the middle. */
  offsets: Int32Array;
  /** How much of each pixel it covers, from 0 to 256. */
  cover: Uint16Array;
}

export class Raster {
  private image = new ImageData(1, 1);
  private pixels = new Uint32Array(1);
  private readonly stamps = new Map<string, Stamp>();
  private readonly context: CanvasRenderingContext2D;

  constructor(private readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) {
      throw new Error(t('This editor cannot draw a picture.'));
    }
    this.context = context;
  }

  resize(width: number, height: number): void {
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = new ImageData(Math.max(1, width) + 2 * EDGE, Math.max(1, height) + 2 * EDGE);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.stamps.clear();
  }

  /** @param size Pixels of a point. */
  draw(scene: Scene, camera: Camera, size: number): void {
    const { theme, marks, lit } = scene;
    this.pixels.fill(packed(theme.background));
    const faint = marks.map(({ colour }) => packed(mixed(colour, theme.background, theme.faint)));
    const full = marks.map(({ colour }) => packed(colour));
    if (lit === undefined) {
      this.stampAll(scene, camera, size, full);
    } else {
      this.stampAll(scene, camera, size, faint, 0);
      this.stampAll(scene, camera, Math.min(size + 2, EDGE), full, 1);
    }
    this.context.putImageData(this.image, -EDGE, -EDGE);
  }

  /** @param only Which points by their value in `lit`; all of them if undefined. */
  private stampAll(scene: Scene, camera: Camera, size: number, colours: number[], only?: 0 | 1): void {
    const { x, y, group, marks, lit } = scene;
    const stamps = marks.map(({ shape }) => this.stamp(shape, size));
    const { width, height } = this.image;
    for (let row = 0; row < x.length; row++) {
      if (only !== undefined && lit?.[row] !== only) {
        continue;
      }
      const across = Math.round((x[row] ?? 0) * camera.scale + camera.x) + EDGE;
      const down = Math.round((y[row] ?? 0) * camera.scale + camera.y) + EDGE;
      if (across < EDGE / 2 || down < EDGE / 2 || across >= width - EDGE / 2 || down >= height - EDGE / 2) {
        continue;
      }
      const of = group[row] ?? 0;
      const stamp = stamps[of];
      if (stamp !== undefined) {
        this.put(stamp, colours[of] ?? 0, down * width + across);
      }
    }
  }

  private put({ offsets, cover }: Stamp, colour: number, middle: number): void {
    const { pixels } = this;
    for (let at = 0; at < offsets.length; at++) {
      const place = middle + (offsets[at] ?? 0);
      const share = cover[at] ?? 0;
      pixels[place] = share === 256 ? colour : blended(colour, pixels[place] ?? 0, share);
    }
  }

  private stamp(shape: Shape, size: number): Stamp {
    const key = `${shape} ${size}`;
    const made = this.stamps.get(key) ?? makeStamp(shape, size, this.image.width);
    this.stamps.set(key, made);
    return made;
  }
}

/** Whether a place is within a shape; the shape is from -1 to 1 in both directions. */
function covers(shape: Shape, x: number, y: number): boolean {
  const distance = x * x + y * y;
  switch (shape) {
    case 'circle':
      return distance <= 1;
    case 'square':
      return Math.max(Math.abs(x), Math.abs(y)) <= 0.86;
    case 'triangle':
      return y <= 0.8 && y >= -1 + 1.8 * Math.abs(x);
    case 'diamond':
      return Math.abs(x) + Math.abs(y) <= 1.1;
    case 'cross':
      return Math.min(Math.abs(x), Math.abs(y)) <= 0.34 && distance <= 1.1;
    case 'ring':
      return distance <= 1.1 && distance >= 0.3;
  }
}

function makeStamp(shape: Shape, size: number, width: number): Stamp {
  const offsets: number[] = [];
  const cover: number[] = [];
  const reach = Math.ceil(size / 2);
  for (let down = -reach; down <= reach; down++) {
    for (let across = -reach; across <= reach; across++) {
      let hits = 0;
      for (let part = 0; part < 16; part++) {
        const x = across - 0.375 + 0.25 * (part % 4);
        const y = down - 0.375 + 0.25 * Math.floor(part / 4);
        hits += covers(shape, (2 * x) / size, (2 * y) / size) ? 1 : 0;
      }
      if (hits > 0) {
        offsets.push(down * width + across);
        cover.push(hits * 16);
      }
    }
  }
  return { offsets: Int32Array.from(offsets), cover: Uint16Array.from(cover) };
}

/** As the pixels of little-endian machines have it, which all machines that run the editor are. */
function packed([red, green, blue]: Colour): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** @param share Of the first colour, from 0 to 256. */
function blended(one: number, other: number, share: number): number {
  const rest = 256 - share;
  const even = (((one & 0xff00ff) * share + (other & 0xff00ff) * rest) >>> 8) & 0xff00ff;
  const odd = (((one >>> 8) & 0xff) * share + ((other >>> 8) & 0xff) * rest) & 0xff00;
  return (0xff000000 | even | odd) >>> 0;
}
