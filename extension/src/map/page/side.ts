/** The side of the map: the legend, the chosen point with the reason for its place, and the clusters as a list. */

import type { NearDefinition } from '../../protocol';
import { makeButton } from '../../view/controls/button';
import { make } from '../../view/make';
import type { Groups } from './groups';
import { type Points, spoken } from './points';
import { makeSign } from './sign';
import type { Mark, Theme } from './theme';
import { figure, t } from '../../text/words';

const MOST_LISTED = 200;

export interface SideEvents {
  choose: (row: number) => void;
  open: (row: number) => void;
  /** Let the points of a group stand out; of none if undefined. */
  light: (group: number | undefined) => void;
}

export class Side {
  private readonly legend = make('section', 'legend');
  private readonly card = make('section', 'card');
  private readonly clusters = make('section', 'clusters');
  /** Why the chosen point is where it is. */
  private readonly reason = make('div', 'reason');
  private lit: number | undefined;

  constructor(
    parent: HTMLElement,
    private readonly events: SideEvents,
  ) {
    this.legend.setAttribute('aria-label', t('Legend'));
    this.card.setAttribute('aria-label', t('Chosen definition'));
    this.clusters.setAttribute('aria-label', t('Clusters'));
    parent.append(this.legend, this.card, this.clusters);
  }

  showLegend(groups: Groups, marks: readonly Mark[], theme: Theme): void {
    this.lit = undefined;
    const buttons = groups.names.map((name, at) => {
      const button = make('button', 'group');
      const mark = marks[at];
      if (mark !== undefined) {
        button.append(makeSign(mark, theme));
      }
      button.append(named(name === '' ? t('Without a name') : name), tally(groups.sizes[at] ?? 0));
      button.setAttribute('aria-pressed', 'false');
      button.addEventListener('click', () => {
        this.lit = this.lit === at ? undefined : at;
        buttons.forEach((one, of) => {
          one.setAttribute('aria-pressed', String(of === this.lit));
        });
        this.events.light(this.lit);
      });
      return button;
    });
    this.legend.replaceChildren(heading(t('Colors and shapes')), ...buttons);
  }

  /** What a point is, before the reason for its place is known. */
  showChosen(points: Points, row: number | undefined): void {
    if (row === undefined) {
      this.card.replaceChildren();
      return;
    }
    const open = makeButton(t('Open'), () => {
      this.events.open(row);
    });
    open.className = 'open';
    const what = make('p', 'what');
    what.textContent = spoken(points, row);
    this.reason.replaceChildren();
    this.card.replaceChildren(heading(points.names[row] ?? ''), what, open, this.reason);
  }

  showNear(near: readonly NearDefinition[], rowOf: (near: NearDefinition) => number | undefined): void {
    const list = make('ul', 'near');
    for (const one of near) {
      const item = make('li', 'one');
      const row = rowOf(one);
      const button = make('button', 'link');
      button.textContent = one.name;
      button.title = `${one.path}:${one.line + 1}`;
      button.disabled = row === undefined;
      button.addEventListener('click', () => {
        if (row !== undefined) {
          this.events.choose(row);
        }
      });
      const why = make('span', 'words');
      why.textContent = one.words.length === 0 ? t('in other words') : one.words.join(', ');
      item.append(button, why);
      list.append(item);
    }
    const title = heading(near.length === 0 ? t('Nothing is like it') : t('Near because it is like'));
    this.reason.replaceChildren(title, list);
  }

  /** The text alternative to the picture: each cluster with its definitions. */
  showClusters(points: Points): void {
    const rows = new Map<number, number[]>();
    points.cluster.forEach((cluster, row) => {
      const found = rows.get(cluster);
      if (found === undefined) {
        rows.set(cluster, [row]);
      } else {
        found.push(row);
      }
    });
    const shown = points.clusters.map(({ name, size }, at) =>
      this.cluster(points, name === '' ? t('Cluster {0}', at + 1) : name, size, rows.get(at) ?? []),
    );
    const rest = rows.get(-1) ?? [];
    if (rest.length > 0) {
      shown.push(this.cluster(points, t('In no cluster'), rest.length, rest));
    }
    this.clusters.replaceChildren(heading(t('Clusters')), ...shown);
  }

  private cluster(points: Points, name: string, size: number, rows: readonly number[]): HTMLElement {
    const details = make('details', 'cluster');
    const summary = make('summary', 'heading');
    summary.append(named(name), tally(size));
    details.append(summary);
    details.addEventListener('toggle', () => {
      if (details.open && details.childElementCount === 1) {
        details.append(this.members(points, rows));
      }
    });
    return details;
  }

  private members(points: Points, rows: readonly number[]): HTMLElement {
    const list = make('ul', 'members');
    for (const row of rows.slice(0, MOST_LISTED)) {
      const button = make('button', 'link');
      button.textContent = points.names[row] ?? '';
      button.title = spoken(points, row);
      button.addEventListener('click', () => {
        this.events.choose(row);
      });
      const item = make('li', 'one');
      item.append(button);
      list.append(item);
    }
    if (rows.length > MOST_LISTED) {
      const more = make('li', 'more');
      more.textContent = t('and {0} more', figure(rows.length - MOST_LISTED));
      list.append(more);
    }
    return list;
  }
}

function heading(text: string): HTMLElement {
  const title = make('h2', 'title');
  title.textContent = text;
  return title;
}

function named(text: string): HTMLElement {
  const name = make('span', 'name');
  name.textContent = text;
  return name;
}

function tally(count: number): HTMLElement {
  const element = make('span', 'count');
  element.textContent = figure(count);
  return element;
}
