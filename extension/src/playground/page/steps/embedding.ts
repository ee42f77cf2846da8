/** What an embedding is: two texts that the user types, how close they are to each model, and why. */

import type { CompareResult } from '../../../protocol';
import { formatPercent } from '../../../text/amounts';
import { t } from '../../../text/words';
import { code } from '../../../compare/page/code';
import { make } from '../../../view/make';
import { ask } from '../ask';
import { NOTHING_IN_COMMON, type Pair, QUESTION_AND_CODE, SAME_MEANING, SAME_WORDS } from '../examples';
import { makeButton } from '../../../view/controls/button';
import { bar, field, Place, row, said, table, title } from '../parts';
import { FAST, networks, TRANSFORMER } from './model';

const PRESETS: readonly (Pair & { name: string })[] = [
  { name: t('Other words, same meaning'), ...SAME_MEANING },
  { name: t('Question and code'), ...QUESTION_AND_CODE },
  { name: t('Same words, other meaning'), ...SAME_WORDS },
  { name: t('Nothing in common'), ...NOTHING_IN_COMMON },
];

export function embeddingStep(step: HTMLElement): void {
  const length = said('');
  const fast = new Place();
  const deep = new Place();
  const words = make('div', 'pieces');
  const show = (): void => {
    const [one, other] = [first.value, second.value];
    words.replaceChildren();
    void fast.show(async () => {
      const result = await ask('compare', { one, other, deep: false });
      words.replaceChildren(...coloured(result));
      return [closeness(FAST, result)];
    });
    void deep.show(async () => [closeness(TRANSFORMER, await ask('compare', { one, other, deep: true }))]);
  };
  const first = field(t('One text'), 'one', SAME_MEANING.one, show, 3);
  const second = field(t('Another text'), 'other', SAME_MEANING.other, show, 3);
  step.append(
    said(
      t('An embedding is a list of numbers for a text. Texts that mean the same get lists that are alike.'),
    ),
    length,
    said(
      t(
        'The cosine says how alike: 1 is the same direction, 0 is nothing in common. Type, and see it change.',
      ),
    ),
    row(first.element, second.element),
    row(
      t('Try'),
      ...PRESETS.map(({ name, one, other }) =>
        makeButton(name, () => {
          first.value = one;
          second.value = other;
        }),
      ),
    ),
    row(fast.element, deep.element),
    title(t('Word by word')),
    said(
      t('Green words bring the texts together for the fast model. Red ones, with a dashed line, part them.'),
    ),
    words,
  );
  void networks().then(
    ({ networks: models }) => {
      const [small, large] = models.map(({ dimension }) => dimension);
      length.textContent = t(
        'Here a list has {0} numbers by the fast model, {1} by the transformer.',
        small ?? 0,
        large ?? 0,
      );
    },
    () => undefined, // the answers below say why
  );
  show();
}

function closeness(model: string, { cosine, percentile }: CompareResult): HTMLElement {
  const rows: (Node | string)[][] = [[t('Cosine'), bar(cosine)]];
  if (percentile !== null) {
    rows.push([t('Closer than random pairs of your code'), bar(percentile, formatPercent(percentile))]);
  }
  return table(model, [], rows);
}

function coloured({ one, other }: CompareResult): HTMLElement[] {
  const most = Math.max(...[one, other].flatMap(({ words }) => words.map(({ share }) => Math.abs(share))), 0);
  return [one, other].map((side) => code(side, most, () => undefined));
}
