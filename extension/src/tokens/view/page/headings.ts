/** Above each column: the tokenizer, its count, and what its strategy did with this text. */

import type { TokenView } from '../../../protocol';
import { formatTokens } from '../../../text/amounts';
import { counted, figure, t } from '../../../text/words';

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
      title.textContent = formatTokens(view.tokens);
      const about = document.createElement('small');
      about.textContent = [view.tokenizer, view.strategy, perToken(text, view), added(view)]
        .filter(Boolean)
        .join(', ');
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
      ? t('The other tokenizer makes the same cuts.')
      : counted(
          view.differs.length,
          '{0} piece of {1} differ from the other’s, underlined.',
          '{0} pieces of {1} differ from the other’s, underlined.',
          figure(pieces),
        );
  return [said];
}

function perToken(text: string, { tokens }: TokenView): string {
  return tokens === 0 ? '' : t('{0} characters each', figure(text.length / tokens, 1));
}

function added({ before, after }: TokenView): string {
  const number = before.length + after.length;
  return number === 0 ? '' : t('and {0} that the model adds', number);
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
