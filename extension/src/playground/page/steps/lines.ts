/** A plot of some lines from 0 to 1, with the same figures as a table for those who do not see it. */

import { figure, t } from '../../../text/words';
import { make } from '../../../view/make';
import { table } from '../parts';
import { addShape, SVG } from '../../../view/svg';

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [460, 200, 30, 10, 24];
/** Room for the names at the ends of lines. */
const RIGHT = 150;
const APART = 15;

export interface Line {
  name: string;
  values: readonly number[];
}

/** @param across What the steps are that the values belong to, from 0. */
export function lines(across: string, drawn: readonly Line[]): HTMLElement {
  const steps = Math.max(...drawn.map(({ values }) => values.length)) - 1;
  const x = (at: number): number => LEFT + (at / Math.max(1, steps)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => TOP + (1 - Math.max(0, value)) * (HEIGHT - TOP - BOTTOM);
  const plot = document.createElementNS(SVG, 'svg');
  plot.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  plot.setAttribute('class', 'plot');
  plot.setAttribute('aria-hidden', 'true');
  for (const value of [0, 0.5, 1]) {
    addShape(plot, 'line', { class: 'grid', x1: LEFT, x2: x(steps), y1: y(value), y2: y(value) });
    addShape(plot, 'text', { x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end' }, figure(value, 1));
  }
  for (let at = 0; at <= steps; at++) {
    addShape(plot, 'text', { x: x(at), y: HEIGHT - 6, 'text-anchor': 'middle' }, figure(at));
  }
  const ends = spread(drawn.map(({ values }) => y(values.at(-1) ?? 0)));
  drawn.forEach(({ name, values }, at) => {
    const points = values.map((value, step) => `${x(step)},${y(value)}`).join(' ');
    addShape(plot, 'polyline', { class: `line${at % 3}`, points });
    addShape(plot, 'text', { x: x(steps) + 8, y: (ends[at] ?? 0) + 4, class: `name${at % 3}` }, name);
  });
  const made = make('figure', '');
  const details = make('details', '');
  const summary = make('summary', '');
  summary.textContent = t('The figures of the plot');
  const numbers = Array.from({ length: steps + 1 }, (_, at) => at);
  details.append(
    summary,
    table(
      across,
      [across, ...numbers.map((at) => figure(at))],
      drawn.map(({ name, values }) => [name, ...values.map((value) => figure(value, 2))]),
    ),
  );
  const caption = make('figcaption', 'quiet');
  caption.textContent = t('Cosine after each layer; 0 is what goes into the first one.');
  made.append(plot, caption, details);
  return made;
}

/** Heights in the same order, moved apart so that names do not cover each other. */
function spread(heights: readonly number[]): number[] {
  const sorted = heights.map((height, at) => ({ height, at })).sort((a, b) => a.height - b.height);
  const found: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const { height, at } of sorted) {
    last = Math.max(height, last + APART);
    found[at] = last;
  }
  return found;
}
