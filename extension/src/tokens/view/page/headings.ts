/** Above each column: the tokenizer, its count, and what its strategy did with this text. */

import type { TokenView } from '../../../protocol';

export function headings(text: string, views: readonly TokenView[]): HTMLElement[] {
  return views.map((view) => {
    const head = document.createElement('section');
    const title = document.createElement('h2');
    const lesson = document.createElement('p');
    if (view.problem) {
      title.textContent = view.tokenizer;
      lesson.append(...emphasized(view.problem));
      lesson.className = 'problem';
    } else {
      title.textContent = count(view.tokens, 'token');
      const about = document.createElement('small');
      about.textContent = `${view.tokenizer}, ${view.strategy}${perToken(text, view)}${added(view)}`;
      title.append(about);
      lesson.append(...emphasized(view.lesson));
    }
    head.append(title, lesson, ...differences(view, views));
    return head;
  });
}

/** A sentence on how far two tokenizers differ. */
function differences(view: TokenView, views: readonly TokenView[]): HTMLElement[] {
  if (view.problem || views.filter(({ problem }) => !problem).length < 2) {
    return [];
  }
  const said = document.createElement('p');
  const pieces = view.counts.filter((tokens) => tokens > 0).length;
  said.className = 'difference';
  said.textContent =
    view.differs.length === 0
      ? 'The other tokenizer makes the same cuts.'
      : `${count(view.differs.length, 'piece')} of ${pieces.toLocaleString('en')} differ from the other’s, underlined.`;
  return [said];
}

function perToken(text: string, { tokens }: TokenView): string {
  return tokens === 0 ? '' : `, ${(text.length / tokens).toFixed(1)} characters each`;
}

function added({ before, after }: TokenView): string {
  const number = before.length + after.length;
  return number === 0 ? '' : `, and ${number} that the model adds`;
}

/** `code` between backticks as elements. */
function emphasized(text: string): (Node | string)[] {
  return text.split('`').map((part, at) => {
    if (at % 2 === 0) {
      return part;
    }
    const code = document.createElement('code');
    code.textContent = part;
    return code;
  });
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString('en')} ${noun}${amount === 1 ? '' : 's'}`;
}
