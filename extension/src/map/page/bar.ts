/** The bar above the map: the question, what the colours say, and what is going on. */

import { type Button, makeButton } from '../../view/controls/button';
import { type Choice, makeChoice, offer } from '../../view/controls/choice';
import { makeSearchField } from '../../view/controls/field';
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
  private readonly question = makeSearchField(t('Question'), t('Ask, and see where the answers are'));
  private readonly colouring: Choice;
  private readonly sideButton: Button;
  private readonly scopeButton: Button;
  private search: (() => void) | undefined;
  private readonly note = make('p', 'note');

  constructor(events: BarEvents) {
    this.note.setAttribute('role', 'status');
    this.question.className = 'question';
    this.question.addEventListener('keydown', ({ key }) => {
      if (key === 'Enter') {
        events.ask(this.question.value.trim());
      }
    });
    this.question.addEventListener('input', () => {
      if (this.question.value === '') {
        events.ask('');
      }
    });
    this.colouring = makeChoice(t('Color by'), () => {
      events.colour(this.colouring.value as Colouring);
    });
    this.colour('folder');
    const label = make('div', 'label');
    label.append(t('Color by'), this.colouring);
    this.sideButton = makeButton(t('Details'), () => {
      const shown = this.sideButton.getAttribute('aria-pressed') !== 'true';
      this.sideButton.setAttribute('aria-pressed', String(shown));
      events.side(shown);
    });
    this.scopeButton = makeButton('', () => this.search?.(), true);
    this.scopeButton.hidden = true;
    const state = make('div', 'state');
    state.append(this.note, this.scopeButton);
    this.element.append(
      this.question,
      label,
      makeButton(t('Show all'), events.showAll),
      makeButton(t('Lay out again'), events.again),
      this.sideButton,
      state,
    );
  }

  set(colouring: Colouring, question: string, side: boolean): void {
    this.colour(colouring);
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
    this.search = search;
  }

  private colour(by: Colouring): void {
    const options = Object.entries(COLOURINGS).map(([value, label]) => ({ value, label }));
    offer(this.colouring, options, by);
  }
}
