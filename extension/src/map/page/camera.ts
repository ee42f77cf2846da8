/** Which part of the map is on the screen, in pixels of the device. */

export interface Camera {
  /** Pixels of a unit of the map. */
  scale: number;
  /** Where the map's origin is on the screen. */
  x: number;
  y: number;
}

export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const MARGIN = 0.06;
/** Times the scale at which all of the map is seen. */
const CLOSEST = 80;
const FURTHEST = 0.5;

export function boundsOf(x: Float32Array, y: Float32Array): Bounds {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let row = 0; row < x.length; row++) {
    const [across, down] = [x[row] ?? 0, y[row] ?? 0];
    bounds.left = Math.min(bounds.left, across);
    bounds.right = Math.max(bounds.right, across);
    bounds.top = Math.min(bounds.top, down);
    bounds.bottom = Math.max(bounds.bottom, down);
  }
  return x.length === 0 ? { left: 0, top: 0, right: 1, bottom: 1 } : bounds;
}

/** All of the bounds on a screen of this size. */
export function fit(bounds: Bounds, width: number, height: number): Camera {
  const across = Math.max(bounds.right - bounds.left, 1e-6);
  const down = Math.max(bounds.bottom - bounds.top, 1e-6);
  const scale = (1 - 2 * MARGIN) * Math.min(width / across, height / down);
  return {
    scale,
    x: width / 2 - (scale * (bounds.left + bounds.right)) / 2,
    y: height / 2 - (scale * (bounds.top + bounds.bottom)) / 2,
  };
}

/** Nearer by a factor, while one place on the screen stays where it is. */
export function zoomed(camera: Camera, factor: number, x: number, y: number, whole: number): Camera {
  const scale = Math.min(Math.max(camera.scale * factor, FURTHEST * whole), CLOSEST * whole);
  const by = scale / camera.scale;
  return { scale, x: x - (x - camera.x) * by, y: y - (y - camera.y) * by };
}
