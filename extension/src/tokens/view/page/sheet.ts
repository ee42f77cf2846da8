/**
 * The text in blocks of lines, each drawn when it comes near the part that is seen: a page of 100,000 tokens holds
 * some thousand elements. Two columns share their blocks, so that equal text is side by side.
 */

import { type Column, control } from './column';
import { t } from '../../../text/words';

const BLOCK_CHARACTERS = 1_500;
const LONGEST_BLOCK = 4_000;
const MARGIN_PX = 800;

interface Block {
  start: number;
  end: number;
  element: HTMLElement;
}

export class Sheet {
  private blocks: Block[] = [];
  private readonly heights = new Map<number, number>();
  private readonly observer: IntersectionObserver;

  constructor(
    private readonly scroller: HTMLElement,
    private readonly element: HTMLElement,
    private readonly drawn: () => void,
  ) {
    this.observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const block = this.blocks[Number((target as HTMLElement).dataset.block)];
          if (block?.element === target) {
            this.fill(block, isIntersecting);
          }
        }
        this.drawn();
      },
      { root: scroller, rootMargin: `${MARGIN_PX}px 0px` },
    );
  }

  private text = '';
  private columns: Column[] = [];

  show(text: string, columns: Column[]): void {
    const { scrollTop } = this.scroller;
    this.observer.disconnect();
    this.text = text;
    this.columns = columns;
    const line = lineHeight(this.scroller);
    let top = 0;
    this.blocks = bounds(text).map(([start, end], at) => {
      const element = document.createElement('div');
      element.className = 'block';
      element.dataset.block = String(at);
      const block = { start, end, element };
      const height = this.heights.get(at) ?? line * countLines(text, start, end);
      const isNear = top < scrollTop + this.scroller.clientHeight + MARGIN_PX && top + height > scrollTop;
      this.fill(block, isNear, height);
      top += height;
      return block;
    });
    this.element.replaceChildren(...this.blocks.map(({ element }) => element));
    this.scroller.scrollTop = scrollTop;
    for (const { element } of this.blocks) {
      this.observer.observe(element);
    }
    this.drawn();
  }

  /** The elements of a piece that are drawn: two if it goes on in the next block, none far from what is seen. */
  elements(column: number, piece: number): HTMLElement[] {
    return [...this.scroller.querySelectorAll<HTMLElement>(`[data-c="${column}"] > [data-p="${piece}"]`)];
  }

  /** Draw a piece, and scroll to it if it is not seen. */
  reveal(column: number, piece: number): void {
    const start = this.columns[column]?.start(piece) ?? 0;
    const block = this.blocks.find(({ end }) => start < end) ?? this.blocks.at(-1);
    if (block === undefined) {
      return;
    }
    if (block.element.dataset.filled !== 'yes') {
      this.fill(block, true);
    }
    const [element] = this.elements(column, piece);
    if (element !== undefined) {
      this.scrollTo(element);
    }
  }

  /** Scroll to an element that is not seen. Its own `scrollIntoView` would scroll the frames around, too. */
  private scrollTo(element: HTMLElement): void {
    const { scroller } = this;
    const seen = scroller.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    if (box.top < seen.top || box.bottom > seen.bottom) {
      scroller.scrollTop += box.top - seen.top - scroller.clientHeight / 3;
    }
  }

  private fill(block: Block, wanted: boolean, height?: number): void {
    const { element } = block;
    const isFilled = element.dataset.filled === 'yes';
    if (wanted && !isFilled) {
      element.innerHTML = this.columns
        .map((column, at) => `<div class="cell" data-c="${at}">${this.draw(column, block)}</div>`)
        .join('');
      element.style.removeProperty('height');
      element.dataset.filled = 'yes';
    } else if (!wanted) {
      const measured = isFilled ? element.offsetHeight : height;
      if (measured) {
        this.heights.set(Number(element.dataset.block), measured);
        element.style.height = `${measured}px`;
      }
      element.replaceChildren();
      element.dataset.filled = 'no';
    }
  }

  private draw(column: Column, { start, end }: Block): string {
    const parts: string[] = [];
    if (start === 0) {
      parts.push(...column.view.before.map((id) => around(column, id)));
    }
    for (let piece = column.at(start); piece < column.pieces && column.start(piece) < end; piece++) {
      const from = Math.max(start, column.start(piece));
      const to = Math.min(end, column.end(piece));
      if (to < from || (to === start && column.start(piece) < start)) {
        continue;
      }
      const names = to === column.end(piece) ? column.parts(piece) : [];
      const chips = names.map((name) => `<i>${escaped(name)}</i>`).join('');
      parts.push(
        `<span class="${column.classes(piece)}" data-p="${piece}">${shown(this.text.slice(from, to))}${chips}</span>`,
      );
    }
    if (end === this.text.length) {
      parts.push(...column.view.after.map((id) => around(column, id)));
    }
    return parts.join('');
  }
}

/** A special token that the model adds. */
function around(column: Column, id: number): string {
  const title = t('The model adds it, id {0}', id);
  return `<b class="added" title="${escaped(title)}">${escaped(column.name(id))}</b>`;
}

/** Where the blocks begin and end: after lines, or anywhere in a very long line. */
function bounds(text: string): [start: number, end: number][] {
  const found: [number, number][] = [];
  let start = 0;
  do {
    const newline = text.indexOf('\n', start + BLOCK_CHARACTERS);
    let end = newline < 0 ? text.length : newline + 1;
    if (end - start > LONGEST_BLOCK) {
      end = start + LONGEST_BLOCK;
      const unit = text.charCodeAt(end - 1);
      end += unit >= 0xd800 && unit < 0xdc00 ? 1 : 0;
    }
    found.push([start, end]);
    start = end;
  } while (start < text.length);
  return found;
}

/** Text with signs for what cannot be seen; a line break stays one. */
function shown(text: string): string {
  return escaped(text)
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, (c) => `<s>${control(c)}</s>`) // eslint-disable-line no-control-regex
    .replace(/\n/g, '<s>↵</s>\n');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function lineHeight(element: HTMLElement): number {
  return Number.parseFloat(getComputedStyle(element).lineHeight) || 20;
}

function countLines(text: string, start: number, end: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) {
    lines += 1;
  }
  return Math.max(1, lines);
}
