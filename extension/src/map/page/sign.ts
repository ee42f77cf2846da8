/** A mark of the legend: the shape and colour that points of a group have. */

import { Raster } from './raster';
import type { Mark, Theme } from './theme';

const SIDE = 16;

export function makeSign(mark: Mark, theme: Theme): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.className = 'sign';
  canvas.setAttribute('aria-hidden', 'true');
  const ratio = window.devicePixelRatio;
  const side = Math.round(SIDE * ratio);
  const raster = new Raster(canvas);
  raster.resize(side, side);
  const middle = Float32Array.of(side / 2);
  const scene = { x: middle, y: middle, group: Uint8Array.of(0), marks: [mark], theme, lit: undefined };
  raster.draw(scene, { scale: 1, x: 0, y: 0 }, Math.round(11 * ratio));
  return canvas;
}
