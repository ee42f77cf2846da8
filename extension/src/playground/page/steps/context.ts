/** Static against contextual: one word in three sentences, to the fast model and in each layer of the transformer. */

import type { WordInTwo } from '../../../protocol';
import { figure, t } from '../../../text/words';
import { ask } from '../ask';
import { SENTENCES, WORD } from '../examples';
import { bar, field, Place, row, said, table, title } from '../parts';
import { lines } from './lines';

export function contextStep(step: HTMLElement): void {
  const place = new Place();
  const show = (): Promise<void> =>
    place.show(() =>
      compared(
        word.value.trim(),
        sentences.map(({ value }) => value),
      ),
    );
  const word = field(t('Word'), 'word', WORD, () => void show());
  const sentences = SENTENCES.map((sentence, at) =>
    field(t('Sentence {0}', at + 1), `sentence${at}`, sentence, () => void show()),
  );
  step.append(
    said(t('A bank lends money, and a river has a bank. One word, two meanings: what do models make of it?')),
    row(word.element),
    ...sentences.map(({ element }) => element),
    place.element,
  );
  void show();
}

async function compared(word: string, texts: string[]): Promise<HTMLElement[]> {
  if (word === '') {
    return [said(t('Type a word.'))];
  }
  const { pairs, missing } = await ask('context', { word, texts });
  const lost = missing.map((at) =>
    said(t('Sentence {0} does not have the word “{1}”.', at + 1, word), 'problem'),
  );
  if (pairs.length === 0) {
    return lost;
  }
  return [
    ...lost,
    table(
      t('How alike the vectors of “{0}” are', word),
      ['', t('Fast model: static'), t('Transformer: in context')],
      pairs.map((pair) => [nameOf(pair), bar(pair.static), bar(pair.layers.at(-1) ?? 0)]),
    ),
    title(t('Static')),
    said(
      t(
        'The fast model has one row of numbers for a word, as Word2Vec and GloVe have. It is the same everywhere.',
      ),
    ),
    said(t('It costs a look in a table. That is why this model is so fast.')),
    title(t('In context')),
    said(t('The transformer lets each word look at its neighbors, in one layer after the other.')),
    said(t('At the bottom the vectors differ by the place of the word alone. Further up, by what it means.')),
    lines(
      t('Layer'),
      pairs.map((pair) => ({ name: nameOf(pair), values: pair.layers })),
    ),
    said(verdict(pairs)),
  ];
}

function nameOf({ one, other }: WordInTwo): string {
  return t('Sentences {0} and {1}', one + 1, other + 1);
}

/** What the figures of the last layer say of these very sentences. */
function verdict(pairs: readonly WordInTwo[]): string {
  const sorted = [...pairs].sort((a, b) => (b.layers.at(-1) ?? 0) - (a.layers.at(-1) ?? 0));
  const [closest, farthest] = [sorted[0], sorted.at(-1)];
  if (closest === undefined || farthest === undefined || closest === farthest) {
    return '';
  }
  return t(
    'To the transformer the word is most alike in sentences {0} and {1} ({2}), least in {3} and {4} ({5}).',
    closest.one + 1,
    closest.other + 1,
    figure(closest.layers.at(-1) ?? 0, 2),
    farthest.one + 1,
    farthest.other + 1,
    figure(farthest.layers.at(-1) ?? 0, 2),
  );
}
