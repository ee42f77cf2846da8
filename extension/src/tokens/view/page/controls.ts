/** The controls above the text: one tokenizer, another to compare with, and the colours in the editor. */

import type { NamedTokenizer, TokenView } from '../../../protocol';
import type { FromPage } from '../messages';
import { t } from '../../../text/words';
import { type Button, makeButton } from '../../../view/controls/button';
import { type Choice, type Choosable, makeChoice, offer } from '../../../view/controls/choice';
import { make } from '../../../view/make';

const NONE = '';

export class Controls {
  readonly element = document.createElement('header');
  private readonly first: Choice;
  private readonly second: Choice;
  private readonly colour: Button;

  constructor(send: (message: FromPage) => void) {
    this.element.className = 'controls';
    const choose = (): void => {
      send({
        kind: 'choose',
        tokenizers: [this.first.value, this.second.value].filter((one) => one !== NONE),
      });
    };
    this.first = makeChoice(t('Tokenizer'), choose);
    this.second = makeChoice(t('Compare with'), choose);
    this.colour = makeButton(t('Color in editor'), () => {
      send({ kind: 'colour' });
    });
    this.colour.setAttribute('aria-pressed', 'false');
    this.element.append(named(this.first), named(this.second), this.colour);
  }

  setColoured(coloured: boolean): void {
    this.colour.setAttribute('aria-pressed', String(coloured));
  }

  setChoices(choices: readonly NamedTokenizer[], [first, second]: readonly TokenView[]): void {
    const options = choices.map(({ name, models, here, megabytes }) => {
      const about = here ? models : t('not here yet, {0} MB', megabytes);
      return { value: name, label: name === models || models === '' ? name : `${name} (${about})` };
    });
    fill(this.first, options, first?.tokenizer ?? NONE);
    fill(this.second, [{ value: NONE, label: t('none') }, ...options], second?.tokenizer ?? NONE);
  }
}

/** With what it says to screen readers before it. */
function named(choice: Choice): HTMLElement {
  const made = make('div', 'named');
  made.append(choice.label, choice);
  return made;
}

function fill(choice: Choice, options: readonly Choosable[], chosen: string): void {
  const known = options.some(({ value }) => value === chosen);
  offer(choice, known ? options : [...options, { value: chosen, label: chosen }], chosen);
}
