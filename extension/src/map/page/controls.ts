/** How the pointer and the keys move over the plane. */

import type { Plane } from './plane';

export interface Acts {
  /** The chosen point is to be opened. */
  open: () => void;
  choose: (row: number) => void;
  clear: () => void;
}

const ZOOM_KEY = 1.4;
const WHEEL = 0.0022;
const PAN_KEY = 60;
/** Pixels that the pointer may move in a click. */
const STILL = 4;
const DIRECTIONS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function control(plane: Plane, acts: Acts): void {
  byPointer(plane);
  plane.element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const ratio = window.devicePixelRatio;
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      plane.zoom(Math.exp(-event.deltaY * lines * WHEEL), event.offsetX * ratio, event.offsetY * ratio);
    },
    { passive: false },
  );
  plane.element.addEventListener('keydown', (event) => {
    if (byKey(plane, acts, event)) {
      event.preventDefault();
    }
  });
}

function byPointer(plane: Plane): void {
  const { element } = plane;
  let from: { x: number; y: number; lasso: boolean; moved: boolean } | undefined;
  element.addEventListener('pointerdown', (event) => {
    if (event.button === 0) {
      element.setPointerCapture(event.pointerId);
      from = { x: event.offsetX, y: event.offsetY, lasso: event.shiftKey, moved: false };
    }
  });
  element.addEventListener('pointermove', (event) => {
    if (from === undefined) {
      plane.hover(event.offsetX, event.offsetY);
      return;
    }
    const [x, y] = [event.offsetX - from.x, event.offsetY - from.y];
    if (!from.moved && Math.hypot(x, y) < STILL) {
      return;
    }
    from.moved = true;
    if (from.lasso) {
      plane.lassoTo(event.offsetX, event.offsetY);
    } else {
      plane.pan(x * window.devicePixelRatio, y * window.devicePixelRatio);
      Object.assign(from, { x: event.offsetX, y: event.offsetY });
    }
  });
  element.addEventListener('pointerup', (event) => {
    if (from?.moved === false) {
      plane.click(event.offsetX, event.offsetY);
    } else if (from?.lasso === true) {
      plane.endLasso();
    }
    from = undefined;
  });
  element.addEventListener('pointerleave', () => {
    if (from === undefined) {
      plane.hover(-1e6, -1e6);
    }
  });
}

/** Whether the key is one of the plane's. */
function byKey(
  plane: Plane,
  acts: Acts,
  { key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent,
): boolean {
  if (ctrlKey || metaKey || altKey) {
    return false;
  }
  const direction = DIRECTIONS[key];
  if (direction !== undefined) {
    const [across, down] = direction;
    if (shiftKey) {
      plane.pan(-across * PAN_KEY, -down * PAN_KEY);
    } else {
      const row = plane.neighbour(plane.marked.chosen, across, down);
      if (row !== undefined) {
        acts.choose(row);
      }
    }
    return true;
  }
  const act = {
    '+': () => {
      plane.zoom(ZOOM_KEY);
    },
    '=': () => {
      plane.zoom(ZOOM_KEY);
    },
    '-': () => {
      plane.zoom(1 / ZOOM_KEY);
    },
    '0': () => {
      plane.showAll();
    },
    Enter: acts.open,
    Escape: acts.clear,
  }[key];
  act?.();
  return act !== undefined;
}
