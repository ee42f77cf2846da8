/** How search puts its ways together: one question, and what each of them finds first. */

import type { Hit, SearchResult } from '../../../protocol';
import { figure, t } from '../../../text/words';
import { make } from '../../../view/make';
import type { TierName } from '../../messages';
import { ask, tell, typed } from '../ask';
import { QUESTION } from '../examples';
import { makeButton } from '../../../view/controls/button';
import { field, link, Place, row, said, title } from '../parts';

const TIERS: Record<TierName, { name: string; how: string }> = {
  lexical: {
    name: t('By words'),
    how: t('BM25 counts the words of the question. A rare word counts more.'),
  },
  instant: {
    name: t('By the fast model'),
    how: t('The static vectors of the words are added up, and compared by their cosine.'),
  },
  deep: {
    name: t('By the transformer'),
    how: t('Reads the question as a whole, and compares its vector by the cosine.'),
  },
};

export function searchStep(step: HTMLElement): void {
  const place = new Place();
  const show = (): Promise<void> =>
    place.show(() => found(question.value), t('Asking each way alone, then all together …'));
  const question = field(t('Your question'), 'question', '', () => void show());
  step.append(
    said(t('Three ways look for an answer, each by itself. None of them is always best, so all are asked.')),
    row(question.element, makeButton(t('Ask'), show)),
    place.element,
  );
  if (typed('question') === undefined) {
    void ask('code', {}).then(
      ({ text }) => {
        question.value = asQuestion(text);
      },
      () => show(),
    );
  } else {
    void show();
  }
}

/** The words of the first long name in some code: "parse_config" asks for "parse config". */
function asQuestion(text: string): string {
  const names = text.match(/[A-Za-z]\w{5,}/g) ?? [];
  const parts = names.map((name) =>
    name
      .replace(/([a-z\d])([A-Z])/g, '$1 $2')
      .replace(/_+/g, ' ')
      .toLowerCase()
      .trim(),
  );
  return parts.find((words) => words.includes(' ')) ?? parts[0] ?? QUESTION;
}

async function found(query: string): Promise<HTMLElement[]> {
  if (query.trim() === '') {
    return [said(t('Type a question.'))];
  }
  const names = Object.keys(TIERS) as TierName[];
  const results = new Map<TierName, SearchResult>();
  for (const tier of names) {
    results.set(tier, await ask('search', { query, tiers: [tier], wait: tier === 'deep' }));
  }
  const together = await ask('search', { query, tiers: [], wait: true });
  const columns = make('div', 'columns');
  columns.append(
    ...names.map((tier) => {
      const column = make('section', '');
      const { name, how } = TIERS[tier];
      const result = results.get(tier);
      const reads = tier === 'deep' && (result?.coverage.deep ?? 1) < 1;
      column.append(title(name), said(how, 'quiet'));
      column.append(
        reads && result?.hits.length === 0
          ? said(t('It is still reading your code: ask again in a while.'))
          : hits(result?.hits ?? []),
      );
      return column;
    }),
  );
  return [
    columns,
    title(t('All together')),
    said(
      t('The scores of the three are added. What speaks for a place is added too, such as a name that fits.'),
    ),
    ...(isReranked(together)
      ? [
          said(
            t(
              'Then a fourth way, the cross-encoder, reads the question with each of the first hits, and reorders them.',
            ),
          ),
        ]
      : []),
    hits(together.hits, (hit) => votes(hit, names, results)),
    said(t('It took {0} ms.', figure(together.elapsedMs, 1)), 'quiet'),
  ];
}

function isReranked({ hits }: SearchResult): boolean {
  return hits.some(({ reasons }) => reasons.some(({ name }) => name === 'rerank'));
}

function hits(list: readonly Hit[], note: (hit: Hit) => string = () => ''): HTMLElement {
  if (list.length === 0) {
    return said(t('Nothing was found.'));
  }
  const made = make('ol', 'hits');
  made.append(
    ...list.map((hit) => {
      const item = make('li', '');
      const open = link(nameOf(hit), () => {
        tell({ kind: 'open', uri: hit.uri, line: hit.range.start.line });
      });
      const place = said(placeOf(hit), 'quiet');
      const voted = note(hit);
      item.append(open, place, ...(voted === '' ? [] : [said(voted)]));
      return item;
    }),
  );
  return made;
}

function nameOf({ symbol, uri }: Hit): string {
  return symbol?.name ?? decodeURIComponent(uri.split('/').at(-1) ?? '');
}

function placeOf({ uri, range }: Hit): string {
  const path = decodeURIComponent(uri).split('/').slice(-2).join('/');
  return `${path}:${range.start.line + 1}`;
}

/** Where each way alone has the hit. */
function votes(hit: Hit, names: readonly TierName[], results: ReadonlyMap<TierName, SearchResult>): string {
  return names
    .map((tier) => {
      const at = (results.get(tier)?.hits ?? []).findIndex(
        ({ uri, range }) => uri === hit.uri && range.start.line === hit.range.start.line,
      );
      return t('{0}: {1}', TIERS[tier].name, at < 0 ? '–' : figure(at + 1));
    })
    .join(' · ');
}
