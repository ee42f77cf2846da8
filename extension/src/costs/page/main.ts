/**
 * The page of the treemap. Folders are drawn as deep as there is room. Enter or a click looks into a folder
 * or opens a file, Backspace goes back up, and the arrow keys move to the neighbour.
 */

import '../../view/pageWords';
import type { CostNode } from '../../tokens/costTree';
import { make } from '../../view/make';
import type { FromPage, ToPage } from '../messages';
import { tidy } from './tidy';
import { HEADING, type Tile, tilesIn } from './tiles';
import { formatFiles, formatShare, formatTokens } from '../../text/amounts';
import { figure, t } from '../../text/words';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

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
  map.append(...tilesIn(shown, { x: 0, y: 0, width, height }, prefix()).map(drawn));
  const tiles = tilesOnPage();
  tidy(tiles);
  const first = tiles.find((tile) => isAtOrBelow(tile.dataset.name, focus)) ?? tiles[0];
  tiles.forEach((tile) => (tile.tabIndex = tile === first ? 0 : -1));
  if (focus !== undefined) {
    first?.focus();
  }
  if (tiles.length === 0) {
    note.textContent = t('There is no file to count here.');
  }
}

/** Whether a tile stands for a path: several folders that have nothing but the next are one. */
function isAtOrBelow(name: string | undefined, path: string | undefined): boolean {
  return name !== undefined && !!path && (name === path || name.startsWith(`${path}/`));
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

function drawn({ node, name, path, box, colour, around }: Tile): HTMLElement {
  const element = make('button', `tile colour${colour}${node.children ? ' folder' : ''}`);
  Object.assign(element.style, {
    left: `${box.x}px`,
    top: `${box.y}px`,
    width: `${Math.max(0, box.width - 1)}px`,
    height: `${Math.max(0, box.height - 1)}px`,
  });
  const share = formatShare(node.tokens / Math.max(1, around));
  const said = t('{0}: {1}, {2} of the folder around it', path, content(node), share);
  element.title = said;
  element.setAttribute(
    'aria-label',
    node.children ? t('{0}. Enter looks into it', said) : t('{0}. Enter opens it', said),
  );
  element.dataset.name = path;
  if (box.width > 40 && box.height > 14) {
    const label = make('span', 'name');
    label.textContent = node.children ? `${name}/` : name;
    const count = make('span', 'count');
    count.textContent = figure(node.tokens);
    element.append(label, ' ', count);
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
