/** The token that the pointer or the keys are on, its explanation, and the place of the editor's cursor. */

import type { FromPage } from '../messages';
import type { Column } from './column';
import type { Sheet } from './sheet';
import { t } from '../../../text/words';

interface Place {
  column: number;
  piece: number;
}

export class Marks {
  private columns: Column[] = [];
  private cursor: { start: number; end: number } | undefined;
  private hovered: Place | undefined;
  private chosen: Place | undefined;
  private readonly tip = document.createElement('div');

  constructor(
    private readonly scroller: HTMLElement,
    private readonly sheet: Sheet,
    private readonly send: (message: FromPage) => void,
  ) {
    this.tip.className = 'tip';
    this.tip.id = 'tip';
    this.tip.hidden = true;
    this.tip.setAttribute('aria-live', 'polite');
    document.body.append(this.tip);
    scroller.tabIndex = 0;
    scroller.setAttribute('role', 'application');
    scroller.setAttribute('aria-roledescription', 'tokens');
    scroller.setAttribute('aria-label', t('Tokens. Arrow keys move, Enter goes to the editor.'));
    scroller.setAttribute('aria-describedby', 'tip');
    scroller.addEventListener('mouseover', ({ target }) => {
      this.hover(this.placeOf(target));
    });
    scroller.addEventListener('mouseleave', () => {
      this.hover(undefined);
    });
    scroller.addEventListener('click', ({ target }) => {
      this.choose(this.placeOf(target), 'select');
    });
    scroller.addEventListener('dblclick', ({ target }) => {
      this.choose(this.placeOf(target), 'focus');
    });
    scroller.addEventListener('keydown', (event) => {
      this.key(event);
    });
    scroller.addEventListener('blur', () => {
      this.explain(undefined);
    });
  }

  setColumns(columns: Column[]): void {
    this.columns = columns;
    this.hovered = undefined;
    this.chosen = undefined;
    this.tip.hidden = true;
  }

  hideTip(): void {
    this.tip.hidden = true;
  }

  /** Mark what is selected in the editor, and show it. */
  setCursor(start?: number, end?: number): void {
    this.cursor = start === undefined || end === undefined ? undefined : { start, end };
    this.draw();
    if (this.cursor !== undefined && this.hovered === undefined) {
      const { start: at } = this.cursor;
      this.columns.slice(0, 1).forEach((column, index) => {
        this.sheet.reveal(index, column.at(at));
      });
      this.draw();
    }
  }

  /** Put the marks on what is drawn now. */
  draw(): void {
    for (const name of ['cursor', 'chosen']) {
      for (const element of this.scroller.querySelectorAll(`.${name}`)) {
        element.classList.remove(name);
      }
    }
    this.columns.forEach((column, index) => {
      if (this.cursor !== undefined && column.pieces > 0) {
        const { start, end } = this.cursor;
        const first = column.at(start);
        const last = end > start ? column.at(end - 1) : first;
        // A long selection is not marked token by token.
        for (let piece = first; piece <= Math.min(last, first + 200); piece++) {
          this.mark({ column: index, piece }, 'cursor');
        }
      }
    });
    if (this.chosen !== undefined) {
      this.mark(this.chosen, 'chosen');
    }
  }

  private mark({ column, piece }: Place, name: string): void {
    for (const element of this.sheet.elements(column, piece)) {
      element.classList.add(name);
    }
  }

  private hover(place: Place | undefined): void {
    if (place?.piece === this.hovered?.piece && place?.column === this.hovered?.column) {
      return;
    }
    this.hovered = place;
    this.explain(place);
    const column = place && this.columns[place.column];
    this.send(
      place && column
        ? { kind: 'point', start: column.start(place.piece), end: column.end(place.piece) }
        : { kind: 'point' },
    );
  }

  private choose(place: Place | undefined, how: 'point' | 'select' | 'focus'): void {
    const column = place && this.columns[place.column];
    if (place === undefined || column === undefined) {
      return;
    }
    this.chosen = place;
    this.sheet.reveal(place.column, place.piece);
    this.draw();
    this.explain(place);
    const range = { start: column.start(place.piece), end: column.end(place.piece) };
    this.send(
      how === 'point' ? { kind: 'point', ...range } : { kind: 'select', ...range, focus: how === 'focus' },
    );
  }

  /** Say what a token is, below it. */
  private explain(place: Place | undefined): void {
    const [element] = place ? this.sheet.elements(place.column, place.piece) : [];
    const column = place && this.columns[place.column];
    if (place === undefined || element === undefined || column === undefined) {
      this.tip.hidden = true;
      return;
    }
    this.tip.replaceChildren(
      ...column.describe(place.piece).map((line) => {
        const row = document.createElement('div');
        row.textContent = line;
        return row;
      }),
    );
    this.tip.hidden = false;
    const box = element.getClientRects()[0] ?? element.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.tip;
    const below = box.bottom + 4;
    const top = below + offsetHeight > window.innerHeight ? box.top - offsetHeight - 4 : below;
    this.tip.style.top = `${Math.max(0, top)}px`;
    this.tip.style.left = `${Math.max(4, Math.min(box.left, window.innerWidth - offsetWidth - 8))}px`;
  }

  private key(event: KeyboardEvent): void {
    const start = this.chosen ?? this.startPlace();
    const column = start && this.columns[start.column];
    if (start === undefined || column === undefined) {
      return;
    }
    if (event.key === 'Enter') {
      this.choose(start, 'focus');
    } else {
      const moved =
        this.chosen === undefined && event.key.startsWith('Arrow')
          ? start.piece
          : move(event.key, start, column);
      if (moved === undefined) {
        return;
      }
      const other = event.altKey && this.columns.length > 1 ? 1 - start.column : start.column;
      this.choose({ column: other, piece: moved }, 'point');
    }
    event.preventDefault();
  }

  /** Where the keys begin: at the editor's cursor, or else at the first token. */
  private startPlace(): Place | undefined {
    const [column] = this.columns;
    const piece = column?.next(column.pieces === 0 ? 0 : column.at(this.cursor?.start ?? 0), 1);
    return piece === undefined ? undefined : { column: 0, piece };
  }

  private placeOf(target: EventTarget | null): Place | undefined {
    const element = target instanceof Element ? target.closest<HTMLElement>('[data-p]') : null;
    const cell = element?.closest<HTMLElement>('[data-c]');
    return element && cell ? { column: Number(cell.dataset.c), piece: Number(element.dataset.p) } : undefined;
  }
}

/** The piece that a key leads to. */
function move(key: string, { piece }: Place, column: Column): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return column.next(piece + 1, 1);
    case 'ArrowLeft':
      return column.next(piece - 1, -1);
    case 'ArrowDown':
      return column.next(column.lineStart(piece, 1), 1);
    case 'ArrowUp':
      return column.next(column.lineStart(piece, -1), 1);
    case 'Home':
      return column.next(0, 1);
    case 'End':
      return column.next(column.pieces - 1, -1);
    default:
      return undefined;
  }
}
