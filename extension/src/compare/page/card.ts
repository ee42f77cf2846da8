/** What one model says: the cosine, its rank among random pairs, and where it stands among them. */

import type { CompareResult } from '../../protocol';
import { figure, percent, t } from '../../text/words';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 300;
const HEIGHT = 56;

export class Card {
  readonly element = document.createElement('div');

  constructor(private readonly tier: string) {
    this.element.className = 'card';
    this.element.setAttribute('aria-live', 'polite');
  }

  wait(text: string): void {
    this.fill(paragraph(text, 'quiet'));
  }

  fail(text: string): void {
    this.fill(paragraph(text, 'problem'));
  }

  show(result: CompareResult): void {
    const cosine = paragraph(figure(result.cosine, 2), 'cosine');
    this.fill(
      cosine,
      paragraph(rank(result), ''),
      ...(result.histogram.length > 0 ? [histogram(result)] : []),
    );
    const model = paragraph(
      [t('Cosine of {0}.', result.model), unseen(result)].filter(Boolean).join(' '),
      'quiet',
    );
    this.element.append(model);
  }

  private fill(...content: Element[]): void {
    const title = document.createElement('h2');
    title.textContent = this.tier;
    this.element.replaceChildren(title, ...content);
  }
}

function rank({ percentile, chunks }: CompareResult): string {
  if (percentile === null) {
    return t('Too little of this folder is indexed to say how much that is.');
  }
  const share = percent(Math.min(percentile, 0.9999), percentile > 0.99 ? 2 : 0);
  const pairs = figure((chunks * (chunks - 1)) / 2);
  return t('More alike than {0} of {1} random pairs of code in this folder.', share, pairs);
}

/** Which piece is longer than what the model reads. */
function unseen({ one, other }: CompareResult): string {
  const long = [one, other].filter(({ text, seen }) => seen < text.length);
  if (long.length === 0) {
    return '';
  }
  return long.length === 2
    ? t('It reads the beginning of both.')
    : t('It reads the beginning of the longer one.');
}

/** The random pairs by their cosine, and a line where this pair is. */
function histogram({ histogram: counts, lowest, cosine, percentile }: CompareResult): Element {
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  picture.setAttribute('role', 'img');
  picture.setAttribute(
    'aria-label',
    t('Random pairs by cosine, from {0} to 1. This pair is at {1}.', figure(lowest, 2), figure(cosine, 2)),
  );
  const most = Math.max(...counts);
  const width = WIDTH / counts.length;
  const at = ((Math.max(cosine, lowest) - lowest) / (1 - lowest)) * WIDTH;
  counts.forEach((count, bin) => {
    const height = count === 0 ? 0 : Math.max(1, (count / most) * (HEIGHT - 4));
    const isBelow = (bin + 1) * width <= at;
    add(picture, 'rect', {
      class: isBelow && percentile !== null ? 'below' : 'above',
      x: bin * width,
      y: HEIGHT - height,
      width: width - 1,
      height,
    });
  });
  add(picture, 'line', { class: 'here', x1: at, x2: at, y1: 0, y2: HEIGHT });
  return picture;
}

function add(parent: Element, tag: string, attributes: Record<string, string | number>): void {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, String(value));
  }
  parent.append(made);
}

function paragraph(text: string, name: string): HTMLElement {
  const made = document.createElement('p');
  made.className = name;
  made.textContent = text;
  return made;
}
