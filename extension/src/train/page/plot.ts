/** Two curves over the steps of a training: the loss, and how well held-back questions find their code. */

import { figure } from '../../text/words';
import { addShape, SVG } from '../../view/svg';

const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [360, 150, 38, 8, 10, 22];

export interface Point {
  step: number;
  value: number;
}

/** @param most The largest step on the axis. */
export function plot(points: readonly Point[], most: number, kind: 'loss' | 'score'): SVGSVGElement {
  const made = document.createElementNS(SVG, 'svg');
  made.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  made.setAttribute('aria-hidden', 'true');
  made.setAttribute('class', kind);
  const values = points.map(({ value }) => value);
  const low = kind === 'loss' ? 0 : Math.max(0, Math.min(...values) - 0.05);
  const high = Math.max(...values, low + 0.1) + (kind === 'loss' ? 0 : 0.02);
  const x = (step: number): number => LEFT + (step / Math.max(most, 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number =>
    HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  for (const value of [low, (low + high) / 2, high]) {
    addShape(made, 'line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) });
    addShape(made, 'text', { x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end' }, figure(value, 2));
  }
  addShape(made, 'text', { x: LEFT, y: HEIGHT - 6 }, figure(0));
  addShape(made, 'text', { x: WIDTH - RIGHT, y: HEIGHT - 6, 'text-anchor': 'end' }, figure(most));
  const line = points.map(({ step, value }) => `${x(step)},${y(value)}`).join(' ');
  addShape(made, 'polyline', { class: 'curve', points: line });
  if (kind === 'score') {
    points.forEach(({ step, value }) => {
      addShape(made, 'circle', { class: 'dot', cx: x(step), cy: y(value), r: 3 });
    });
  }
  return made;
}
