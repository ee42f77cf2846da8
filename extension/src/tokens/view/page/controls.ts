/** The controls above the text: one tokenizer, another to compare with, and the colours in the editor. */

import type { NamedTokenizer, TokenView } from '../../../protocol';
import type { FromPage } from '../messages';
import { t } from '../../../text/words';

const NONE = '';

export class Controls {
  readonly element = document.createElement('header');
  private readonly first = document.createElement('select');
  private readonly second = document.createElement('select');
  private readonly colour = document.createElement('button');

  constructor(send: (message: FromPage) => void) {
    this.element.className = 'controls';
    this.colour.textContent = t('Color in editor');
    this.colour.setAttribute('aria-pressed', 'false');
    this.element.append(
      labelled(t('Tokenizer'), this.first),
      labelled(t('Compare with'), this.second),
      this.colour,
    );
    const choose = (): void => {
      send({
        kind: 'choose',
        tokenizers: [this.first.value, this.second.value].filter((one) => one !== NONE),
      });
    };
    this.first.addEventListener('change', choose);
    this.second.addEventListener('change', choose);
    this.colour.addEventListener('click', () => {
      send({ kind: 'colour' });
    });
  }

  setColoured(coloured: boolean): void {
    this.colour.setAttribute('aria-pressed', String(coloured));
  }

  setChoices(choices: readonly NamedTokenizer[], [first, second]: readonly TokenView[]): void {
    const options = choices.map(({ name, models, here, megabytes }) => {
      const about = here ? models : t('not here yet, {0} MB', megabytes);
      return { name, label: name === models || models === '' ? name : `${name} (${about})` };
    });
    fill(this.first, options, first?.tokenizer ?? NONE);
    fill(this.second, [{ name: NONE, label: t('none') }, ...options], second?.tokenizer ?? NONE);
  }
}

function labelled(text: string, select: HTMLSelectElement): HTMLLabelElement {
  const label = document.createElement('label');
  label.append(text, select);
  select.setAttribute('aria-label', text); // the label's own text has all the options in it
  return label;
}

function fill(select: HTMLSelectElement, options: { name: string; label: string }[], chosen: string): void {
  const known = options.some(({ name }) => name === chosen);
  const all = known ? options : [...options, { name: chosen, label: chosen }];
  select.replaceChildren(...all.map(({ name, label }) => new Option(label, name, false, name === chosen)));
}
