/** What the steps are made of: sentences, fields, buttons, tables, bars, and places for answers. */

import { figure, t } from '../../text/words';
import { makeField } from '../../view/controls/field';
import { make } from '../../view/make';
import { remember, typed } from './ask';

/** How long a user pauses in typing before an answer is worth it. */
const PAUSE_MS = 500;

export function said(text: string, className = ''): HTMLParagraphElement {
  const made = make('p', className);
  made.textContent = text;
  return made;
}

export function title(text: string): HTMLHeadingElement {
  const made = make('h3', '');
  made.textContent = text;
  return made;
}

/** What leads somewhere, as a line of a list. */
export function link(text: string, act: () => unknown): HTMLButtonElement {
  const made = make('button', 'link');
  made.textContent = text;
  made.addEventListener('click', () => void act());
  return made;
}

/** A row of things side by side. */
export function row(...content: (Node | string)[]): HTMLDivElement {
  const made = make('div', 'row');
  made.append(...content);
  return made;
}

export interface Field {
  element: HTMLElement;
  value: string;
}

/** A field for a text, which is remembered by its `name`. */
export function field(label: string, name: string, preset: string, changed: () => void, lines = 1): Field {
  const element = make('div', 'field');
  const input = makeField(label, lines);
  input.value = typed(name) ?? preset;
  let pause: ReturnType<typeof setTimeout> | undefined;
  input.addEventListener('input', () => {
    remember(name, input.value);
    clearTimeout(pause);
    pause = setTimeout(changed, PAUSE_MS);
  });
  const words = make('span', '');
  words.textContent = label;
  element.append(words, input);
  return {
    element,
    get value() {
      return input.value;
    },
    set value(text: string) {
      input.value = text;
      remember(name, text);
      changed();
    },
  };
}

/** A table; the first cell of each row is its heading. */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (Node | string)[][],
): HTMLElement {
  const made = make('table', '');
  const name = make('caption', '');
  name.textContent = caption;
  const top = make('thead', '');
  top.append(line(heads.map((head) => cell(head === '' ? 'td' : 'th', head === '' ? '' : 'col', head))));
  const body = make('tbody', '');
  body.append(
    ...rows.map((cells) =>
      line(cells.map((content, at) => (at === 0 ? cell('th', 'row', content) : cell('td', '', content)))),
    ),
  );
  made.append(name, ...(heads.length > 0 ? [top] : []), body);
  return scrolling(made, caption);
}

/** What may be wider than the page; keys scroll it, too. */
export function scrolling(wide: HTMLElement, label: string): HTMLElement {
  const scroller = make('div', 'scroll');
  scroller.tabIndex = 0;
  scroller.setAttribute('role', 'region');
  scroller.setAttribute('aria-label', label);
  scroller.append(wide);
  return scroller;
}

function line(cells: readonly HTMLTableCellElement[]): HTMLTableRowElement {
  const made = make('tr', '');
  made.append(...cells);
  return made;
}

function cell(tag: 'th' | 'td', scope: string, content: Node | string): HTMLTableCellElement {
  const made = make(tag, '');
  if (scope !== '') {
    made.scope = scope;
  }
  made.append(content);
  return made;
}

/** A term, with what it means below it. */
export function term(name: string, meaning: string): HTMLElement {
  const made = make('span', 'term');
  made.append(name, said(meaning, 'quiet'));
  return made;
}

/** A bar from 0 to 1 with its number; below 0 it is empty. */
export function bar(value: number, shown = figure(value, 2)): HTMLElement {
  const made = make('span', 'bar');
  const meter = make('meter', 'alike');
  meter.max = 1;
  meter.value = Math.max(0, value);
  meter.setAttribute('aria-hidden', 'true');
  made.append(meter, shown);
  return made;
}

/** A place for an answer: what is asked last is shown, and says why if it fails. */
export class Place {
  readonly element = make('div', 'answer');
  private asked = 0;

  constructor() {
    this.element.setAttribute('aria-live', 'polite');
  }

  async show(answer: () => Promise<readonly (Node | string)[]>, waiting = t('Computing …')): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    this.element.setAttribute('aria-busy', 'true');
    if (this.element.childElementCount === 0) {
      this.element.replaceChildren(said(waiting, 'quiet'));
    }
    let content: readonly (Node | string)[];
    try {
      content = await answer();
    } catch (error) {
      content = [said(error instanceof Error ? error.message : String(error), 'problem')];
    }
    if (mine === this.asked) {
      this.element.removeAttribute('aria-busy');
      this.element.replaceChildren(...content);
    }
  }

  clear(): void {
    this.asked += 1;
    this.element.replaceChildren();
  }
}
