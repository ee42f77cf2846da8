/**
 * The page of the semantic map. Drag or Shift and the arrow keys pan, the wheel or + and - zoom, 0 shows all. The
 * arrow keys move to the next point, Enter or a click opens it. Shift and a drag enclose points to search in.
 */

import '../../view/pageWords';
import type { MapResult } from '../../protocol';
import { make } from '../../view/make';
import type { FromPage, PlaceInFile, ToPage } from '../messages';
import { Bar } from './bar';
import { control } from './controls';
import { type Colouring, groupsOf } from './groups';
import { Plane } from './plane';
import { pathOf, placeOf, type Points, pointsOf, rowsAt, spoken } from './points';
import { Side } from './side';
import { themeNow } from './theme';
import { Tip } from './tip';
import { counted, figure, t } from '../../text/words';

interface Kept {
  colouring: Colouring;
  question: string;
  sideHidden: boolean;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): Partial<Kept> | undefined;
  setState(state: Kept): void;
};

const editor = acquireVsCodeApi();
const kept: Kept = { colouring: 'folder', question: '', sideHidden: false, ...editor.getState() };
let points: Points | undefined;
let plane: Plane | undefined;

const body = make('main', 'body');
const surface = make('div', 'plane');
const sideElement = make('aside', 'side');
surface.tabIndex = 0;
surface.setAttribute('role', 'application');
surface.setAttribute('aria-label', t('Semantic map'));
surface.setAttribute('aria-describedby', 'help');
const help = make('p', 'help');
help.id = 'help';
help.textContent = t(
  'Arrow keys: next definition. Enter: open. + and -: zoom. 0: show all. Shift+arrow keys: move. Shift+drag: enclose to search there.',
);
const title = make('h1', 'help');
title.textContent = t('Semantic map');
body.append(title, help, surface, sideElement);
const tip = new Tip(surface);
const side = new Side(sideElement, {
  choose,
  open: (row) => {
    open(row, true);
  },
  light: lightGroup,
});
const bar = new Bar({
  ask: (question) => {
    keep({ question });
    if (question === '') {
      light([], '');
    } else {
      editor.postMessage({ kind: 'ask', question });
    }
  },
  colour: (colouring) => {
    keep({ colouring });
    paint();
  },
  showAll: () => plane?.showAll(),
  again: () => {
    editor.postMessage({ kind: 'again' });
  },
  side: (shown) => {
    keep({ sideHidden: !shown });
    sideElement.hidden = !shown;
  },
});
document.body.append(bar.element, body);
sideElement.hidden = kept.sideHidden;
bar.set(kept.colouring, kept.question, !kept.sideHidden);

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  received(data);
});
new MutationObserver(paint).observe(document.body, { attributes: true, attributeFilter: ['class'] });
editor.postMessage({ kind: 'ready' });

function received(message: ToPage): void {
  switch (message.kind) {
    case 'drawing':
      bar.say(message.text);
      break;
    case 'failed':
      bar.say(message.message);
      break;
    case 'show':
      show(message.map);
      break;
    case 'code':
      tip.code(message.point, message.text);
      break;
    case 'near':
      if (plane?.marked.chosen === message.point) {
        near(message);
      }
      break;
    case 'answered':
      light(message.hits, message.problem);
  }
}

function show(map: MapResult): void {
  points = pointsOf(map);
  surface.classList.toggle('empty', map.points === 0);
  const groups = groupsOf(points, kept.colouring);
  if (plane === undefined) {
    plane = new Plane(surface, { hovered, chosen: clicked, enclosed }, points, groups, themeNow());
    control(plane, { open: openChosen, choose, clear });
  } else {
    plane.replace(points, groups);
  }
  side.showLegend(groups, plane.marks, themeNow());
  side.showChosen(points, undefined);
  side.showClusters(points);
  bar.say(summary(map));
  if (kept.question !== '') {
    editor.postMessage({ kind: 'ask', question: kept.question });
  }
}

function summary({ points: count, clusterList, placed, outdated, complete }: MapResult): string {
  if (count === 0) {
    return complete ? t('There is no definition to show here.') : t('The code is still being read.');
  }
  const parts = [
    counted(
      clusterList.length,
      '{1} definitions in {0} cluster',
      '{1} definitions in {0} clusters',
      figure(count),
    ),
  ];
  if (placed > 0) {
    parts.push(t('{0} placed since the layout', figure(placed)));
  }
  if (outdated) {
    parts.push(t('laid out before the best model had read all code'));
  }
  if (!complete) {
    parts.push(t('the code is still being read'));
  }
  return parts.join(', ');
}

/** Draw anew with the colours of the theme and of the chosen grouping. */
function paint(): void {
  if (points !== undefined && plane !== undefined) {
    const groups = groupsOf(points, kept.colouring);
    plane.paint(groups, themeNow());
    side.showLegend(groups, plane.marks, themeNow());
  }
}

function hovered(row: number | undefined, x: number, y: number): void {
  if (points === undefined || row === undefined) {
    tip.hide();
    return;
  }
  tip.show(row, spoken(points, row), x, y);
  editor.postMessage({ kind: 'code', point: row, place: placeOf(points, row) });
}

function clicked(row: number): void {
  choose(row);
  open(row, false);
}

function choose(row: number): void {
  if (points === undefined || plane === undefined) {
    return;
  }
  Object.assign(plane.marked, { chosen: row, near: [] });
  plane.reveal([row]);
  plane.redraw();
  side.showChosen(points, row);
  bar.say(spoken(points, row));
  editor.postMessage({ kind: 'near', point: row, place: placeOf(points, row) });
}

function near({ near: found }: Extract<ToPage, { kind: 'near' }>): void {
  const shown = points;
  if (shown !== undefined && plane !== undefined) {
    const rows = found.map(({ path, line }) => rowsAt(shown, [{ path, line, endLine: line }])[0]);
    plane.marked.near = rows.filter((row) => row !== undefined);
    plane.redraw();
    side.showNear(found, (one) => rows[found.indexOf(one)]);
  }
}

function open(row: number, take: boolean): void {
  if (points !== undefined) {
    editor.postMessage({ kind: 'open', place: placeOf(points, row), take });
  }
}

function openChosen(): void {
  if (plane?.marked.chosen !== undefined) {
    open(plane.marked.chosen, true);
  }
}

function clear(): void {
  if (points !== undefined && plane !== undefined) {
    Object.assign(plane.marked, { chosen: undefined, near: [], hits: [], lasso: [] });
    plane.light([]);
    side.showChosen(points, undefined);
    bar.offerScope([]);
    tip.hide();
  }
}

function light(hits: readonly PlaceInFile[], problem: string): void {
  if (points !== undefined && plane !== undefined) {
    const rows = rowsAt(points, hits);
    plane.marked.hits = rows;
    plane.light(rows);
    plane.reveal(rows);
    const found = counted(
      rows.length,
      '{0} definition is nearest to the question',
      '{0} definitions are nearest to the question, the best ones by number',
    );
    bar.say(problem !== '' ? problem : hits.length === 0 ? '' : found);
  }
}

function lightGroup(group: number | undefined): void {
  if (points !== undefined && plane !== undefined) {
    const { of } = groupsOf(points, kept.colouring);
    const rows = group === undefined ? [] : [...of.keys()].filter((row) => of[row] === group);
    plane.marked.hits = [];
    plane.light(rows);
  }
}

function enclosed(rows: number[]): void {
  const shown = points;
  if (shown !== undefined && plane !== undefined) {
    plane.marked.hits = [];
    plane.light(rows);
    const paths = [...new Set(rows.map((row) => pathOf(shown, row)))];
    bar.say(rows.length === 0 ? '' : t('{0} definitions enclosed', figure(rows.length)));
    bar.offerScope(paths, () => {
      editor.postMessage({ kind: 'scope', paths });
    });
  }
}

function keep(changed: Partial<Kept>): void {
  Object.assign(kept, changed);
  editor.setState(kept);
}
