/** The code of the point under the pointer, beside it. */

import { make } from '../../view/make';

const GAP = 14;
const EDGE = 4;
const WIDEST = 560;

export class Tip {
  private readonly element = make('div', 'tip');
  private readonly title = make('p', 'what');
  private readonly text = make('pre', 'code');
  private row: number | undefined;

  constructor(private readonly around: HTMLElement) {
    this.element.setAttribute('role', 'tooltip');
    this.element.hidden = true;
    this.element.append(this.title, this.text);
    around.append(this.element);
    new ResizeObserver(() => {
      this.hide(); // its point is elsewhere now
    }).observe(around);
  }

  show(row: number, title: string, x: number, y: number): void {
    this.row = row;
    this.title.textContent = title;
    this.text.textContent = '';
    this.element.hidden = false;
    const left = x < this.around.clientWidth / 2;
    const above = y < this.around.clientHeight / 2;
    const { style } = this.element;
    const room = (left ? this.around.clientWidth - x : x) - GAP - EDGE;
    style.maxWidth = `${Math.min(WIDEST, room)}px`;
    style.left = left ? `${x + GAP}px` : '';
    style.right = left ? '' : `${this.around.clientWidth - x + GAP}px`;
    style.top = above ? `${y + GAP}px` : '';
    style.bottom = above ? '' : `${this.around.clientHeight - y + GAP}px`;
  }

  code(row: number, text: string): void {
    if (row === this.row) {
      this.text.textContent = text;
    }
  }

  hide(): void {
    this.row = undefined;
    this.element.hidden = true;
  }
}
