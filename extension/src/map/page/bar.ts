/** The bar above the map: the question, what the colours say, and what is going on. */

import { make } from '../../view/make';
import type { Colouring } from './groups';
import { counted, t } from '../../text/words';

export interface BarEvents {
  ask: (question: string) => void;
  colour: (colouring: Colouring) => void;
  showAll: () => void;
  again: () => void;
  side: (shown: boolean) => void;
}

const COLOURINGS: Record<Colouring, string> = {
  folder: t('Folder'),
  language: t('Language'),
  age: t('Last change'),
  cluster: t('Cluster'),
};

export class Bar {
  readonly element = make('header', 'bar');
  private readonly question = make('input', 'question');
  private readonly colouring = make('select', 'colouring');
  private readonly sideButton: HTMLButtonElement;
  private readonly scopeButton = make('button', 'scope');
  private readonly note = make('p', 'note');

  constructor(events: BarEvents) {
    this.note.setAttribute('role', 'status');
    this.question.type = 'search';
    this.question.placeholder = t('Ask, and see where the answers are');
    this.question.setAttribute('aria-label', t('Question'));
    this.question.addEventListener('keydown', ({ key }) => {
      if (key === 'Enter') {
        events.ask(this.question.value.trim());
      }
    });
    this.question.addEventListener('search', () => {
      if (this.question.value === '') {
        events.ask('');
      }
    });
    for (const [value, name] of Object.entries(COLOURINGS)) {
      this.colouring.append(new Option(name, value));
    }
    this.colouring.addEventListener('change', () => {
      events.colour(this.colouring.value as Colouring);
    });
    const label = make('label', 'label');
    label.append(t('Color by'), this.colouring);
    this.sideButton = this.button(t('Details'), () => {
      const shown = this.sideButton.getAttribute('aria-pressed') !== 'true';
      this.sideButton.setAttribute('aria-pressed', String(shown));
      events.side(shown);
    });
    this.scopeButton.hidden = true;
    const state = make('div', 'state');
    state.append(this.note, this.scopeButton);
    this.element.append(
      this.question,
      label,
      this.button(t('Show all'), events.showAll),
      this.button(t('Lay out again'), events.again),
      this.sideButton,
      state,
    );
  }

  set(colouring: Colouring, question: string, side: boolean): void {
    this.colouring.value = colouring;
    this.question.value = question;
    this.sideButton.setAttribute('aria-pressed', String(side));
  }

  say(text: string): void {
    this.note.textContent = text;
  }

  /** A button that searches in some files; none without files. */
  offerScope(paths: readonly string[], search?: () => void): void {
    this.scopeButton.hidden = paths.length === 0;
    this.scopeButton.textContent = counted(paths.length, 'Search in this file', 'Search in these {0} files');
    this.scopeButton.onclick = () => {
      search?.();
    };
  }

  private button(text: string, act: () => void): HTMLButtonElement {
    const button = make('button', 'act');
    button.textContent = text;
    button.addEventListener('click', act);
    return button;
  }
}
