/** Figures from 0 to 1 with their intervals, one below the other; the table beside it says the same. */

import type { Measured } from '../../protocol';
import { figure } from '../../text/words';
import { addShape, SVG } from '../../view/svg';

const [WIDTH, ROW, LEFT, TOP, RIGHT] = [640, 26, 240, 8, 50];
/** Characters of a name that have room. */
const LONGEST = 38;

export interface Dot {
  name: string;
  value: Measured;
}

export function plot(dots: readonly Dot[]): SVGSVGElement {
  const bottom = TOP + dots.length * ROW;
  const made = document.createElementNS(SVG, 'svg');
  made.setAttribute('viewBox', `0 0 ${WIDTH} ${bottom + 22}`);
  made.setAttribute('aria-hidden', 'true');
  const x = (value: number): number => LEFT + value * (WIDTH - LEFT - RIGHT);
  for (const value of [0, 0.25, 0.5, 0.75, 1]) {
    addShape(made, 'line', { class: 'grid', x1: x(value), x2: x(value), y1: TOP, y2: bottom });
    addShape(made, 'text', { x: x(value), y: bottom + 16, 'text-anchor': 'middle' }, figure(value, 2));
  }
  dots.forEach(({ name, value: { mean, low, high } }, at) => {
    const y = TOP + (at + 0.5) * ROW;
    const shown = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
    addShape(made, 'text', { x: LEFT - 10, y: y + 4, 'text-anchor': 'end' }, shown);
    addShape(made, 'line', { class: 'interval', x1: x(low), x2: x(high), y1: y, y2: y });
    for (const end of [low, high]) {
      addShape(made, 'line', { class: 'interval', x1: x(end), x2: x(end), y1: y - 4, y2: y + 4 });
    }
    addShape(made, 'circle', { class: 'mean', cx: x(mean), cy: y, r: 4.5 });
    addShape(made, 'text', { x: WIDTH - RIGHT + 12, y: y + 4 }, figure(mean, 2));
  });
  return made;
}
