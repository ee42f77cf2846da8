/**
 * The page of the treemap. A folder's content is drawn two levels deep. Enter or a click looks into a folder or
 * opens a file, Backspace goes back up, and the arrow keys move to the neighbour.
 */

import '../../view/pageWords';
import type { CostNode } from '../../tokens/costTree';
import { make } from '../../view/make';
import type { FromPage, ToPage } from '../messages';
import { type Box, layout } from './layout';
import { formatFiles, formatPercent, formatTokens } from '../../text/amounts';
import { figure, t } from '../../text/words';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

/** Pixels of a folder's heading. */
const HEADING = 20;
const GAP = 2;
/** A smaller box is not drawn. */
const SMALLEST = 3;
/** The colours of the theme's charts, by the folder at the top. */
const COLOURS = 6;

const editor = acquireVsCodeApi();
const trailBar = make('nav', 'trail');
trailBar.setAttribute('aria-label', t('Folders around what is shown'));
const note = make('p', 'note');
note.setAttribute('role', 'status');
const map = make('main', 'map');
map.setAttribute('aria-label', t('Files and folders by tokens'));
document.body.append(trailBar, note, map);

let trail: CostNode[] = [];
let tokenizer = '';

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.kind === 'failed') {
    trail = [];
    map.replaceChildren();
    trailBar.replaceChildren();
    note.textContent = data.message;
    return;
  }
  ({ tokenizer } = data);
  note.textContent = data.note;
  trail = sameTrail(data.root);
  draw();
});
window.addEventListener('resize', () => {
  draw();
});
window.addEventListener('keydown', (event) => {
  if (event.key === 'Backspace' || (event.key === 'ArrowUp' && event.altKey)) {
    event.preventDefault();
    up(trail.length - 2);
  } else if (event.key.startsWith('Arrow') && moveFocus(event.key)) {
    event.preventDefault();
  }
});
editor.postMessage({ kind: 'ready' });

/** The folders of the last trail in a new tree, as far as they are still there. */
function sameTrail(root: CostNode): CostNode[] {
  const found = [root];
  for (const { name } of trail.slice(1)) {
    const next = found.at(-1)?.children?.find((child) => child.name === name && child.children);
    if (next === undefined) {
      break;
    }
    found.push(next);
  }
  return found;
}

function draw(focus?: string): void {
  const shown = trail.at(-1);
  map.replaceChildren();
  if (shown === undefined) {
    return;
  }
  drawTrail();
  const { clientWidth: width, clientHeight: height } = map;
  fill(shown, { x: 0, y: 0, width, height }, prefix(), 0);
  const tiles = tilesOnPage();
  const first = tiles.find((tile) => tile.dataset.name === focus) ?? tiles[0];
  tiles.forEach((tile) => (tile.tabIndex = tile === first ? 0 : -1));
  if (focus !== undefined) {
    first?.focus();
  }
  if (tiles.length === 0) {
    note.textContent = t('There is no file to count here.');
  }
}

function drawTrail(): void {
  const last = trail.length - 1;
  trailBar.replaceChildren(
    ...trail.map((node, at) => {
      if (at === last) {
        const heading = make('h1', 'step');
        heading.textContent = `${node.name}: ${content(node)} (${tokenizer})`;
        return heading;
      }
      const step = make('button', 'step');
      step.textContent = node.name;
      step.addEventListener('click', () => {
        up(at);
      });
      return step;
    }),
  );
}

/** Draw what is in a folder into a box; a folder's own content one level deeper. */
function fill(folder: CostNode, box: Box, path: string, depth: number, colour?: number): void {
  const children = (folder.children ?? []).filter((child) => child.tokens > 0);
  const boxes = layout(
    children.map((child) => child.tokens),
    box,
  );
  children.forEach((child, at) => {
    const place = boxes[at];
    if (place === undefined || place.width < SMALLEST || place.height < SMALLEST) {
      return;
    }
    const own = colour ?? at % COLOURS;
    const whole = path === '' ? child.name : `${path}/${child.name}`;
    map.append(tile(child, place, whole, depth, own, folder.tokens));
    const inner = {
      x: place.x + GAP,
      y: place.y + HEADING,
      width: place.width - 2 * GAP,
      height: place.height - HEADING - GAP,
    };
    if (child.children && depth === 0 && inner.width > 4 * SMALLEST && inner.height > 4 * SMALLEST) {
      fill(child, inner, whole, depth + 1, own);
    }
  });
}

function tile(
  node: CostNode,
  box: Box,
  path: string,
  depth: number,
  colour: number,
  around: number,
): HTMLElement {
  const element = make('button', `tile depth${depth} colour${colour}${node.children ? ' folder' : ''}`);
  Object.assign(element.style, {
    left: `${box.x}px`,
    top: `${box.y}px`,
    width: `${Math.max(0, box.width - 1)}px`,
    height: `${Math.max(0, box.height - 1)}px`,
  });
  const share = formatPercent(node.tokens / Math.max(1, around));
  const said = t('{0}: {1}, {2} of the folder around it', path, content(node), share);
  element.title = said;
  element.setAttribute(
    'aria-label',
    node.children ? t('{0}. Enter looks into it', said) : t('{0}. Enter opens it', said),
  );
  element.dataset.name = path;
  if (box.width > 40 && box.height > 14) {
    const name = make('span', 'name');
    name.textContent = node.children ? `${node.name}/` : node.name;
    const count = make('span', 'count');
    count.textContent = figure(node.tokens);
    element.append(name, ' ', count);
  }
  element.addEventListener('click', (event) => {
    if (node.children) {
      into(path);
    } else {
      editor.postMessage({ kind: 'open', path, toSide: event.ctrlKey || event.metaKey });
    }
  });
  return element;
}

/** Look into the folder at a path, through all folders on the way. */
function into(path: string): void {
  const names = path.split('/').slice(prefix() === '' ? 0 : prefix().split('/').length);
  for (const name of names) {
    const next = trail.at(-1)?.children?.find((child) => child.name === name);
    if (next !== undefined) {
      trail.push(next);
    }
  }
  draw('');
}

function up(at: number): void {
  const left = trail[at + 1];
  if (at >= 0 && left !== undefined) {
    trail = trail.slice(0, at + 1);
    draw(prefix() === '' ? left.name : `${prefix()}/${left.name}`);
  }
}

/** The path of the folder that is shown. */
function prefix(): string {
  return trail
    .slice(1)
    .map(({ name }) => name)
    .join('/');
}

/** Move the focus to the nearest tile in the direction of an arrow key. */
function moveFocus(key: string): boolean {
  const tiles = tilesOnPage();
  const from = tiles.find((tile) => tile === document.activeElement);
  if (from === undefined) {
    tiles[0]?.focus();
    return tiles.length > 0;
  }
  const at = centre(from);
  const [across, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1] }[key] ?? [0, 1];
  let best: HTMLElement | undefined;
  let nearest = Infinity;
  for (const tile of tiles) {
    const to = centre(tile);
    const ahead = (to.x - at.x) * (across ?? 0) + (to.y - at.y) * (down ?? 0);
    const aside = Math.abs((to.x - at.x) * (down ?? 0)) + Math.abs((to.y - at.y) * (across ?? 0));
    const distance = ahead + 2 * aside;
    if (tile !== from && ahead > 0 && distance < nearest) {
      nearest = distance;
      best = tile;
    }
  }
  if (best !== undefined) {
    from.tabIndex = -1;
    best.tabIndex = 0;
    best.focus();
  }
  return true;
}

function centre(tile: HTMLElement): { x: number; y: number } {
  const { left, top, width, height } = tile.getBoundingClientRect();
  // Of a folder, its heading: its middle is under its content.
  return { x: left + width / 2, y: tile.classList.contains('folder') ? top + HEADING / 2 : top + height / 2 };
}

function tilesOnPage(): HTMLElement[] {
  return [...map.querySelectorAll<HTMLElement>('.tile')];
}

function content({ tokens, files, children }: CostNode): string {
  const amount = formatTokens(tokens);
  return children ? t('{0} in {1}', amount, formatFiles(files)) : amount;
}
