/** Asks once more why a hit was found, or why nothing was, and shows the answer as a card. */

import type { Hit, SearchResult } from '../protocol';
import { hitTitle } from './hitItem';
import type { HitPickOptions } from './hitPickOptions';
import type { Left } from './questions';
import { showCard } from './showCard';
import { type Card, hitCard, shortfallCard } from './whyCard';
import { t } from '../text/words';

/**
 * Shows why `hit` is an answer to the question of a list, or without it why the list has no good hits.
 * @param left How the list was left; `show` opens it again.
 */
export async function explain(
  options: HitPickOptions,
  left: Left,
  hit: Hit | undefined,
  show: (options: HitPickOptions) => void,
): Promise<void> {
  const title = hit === undefined ? t('Why nothing matches well') : t('Why {0} was found', hitTitle(hit));
  await showCard(
    title,
    async (token) => {
      const result = await options.ask({ text: left.text, wait: false, explain: true }, token);
      return hit === undefined ? shortfallCard(result) : cardOf(result, hit);
    },
    {
      back: (suggestion) => {
        const start = suggestion === undefined ? left : { text: suggestion };
        show({ ...options, text: undefined, start: () => start });
      },
    },
  );
}

function cardOf(result: SearchResult, hit: Hit): Card | undefined {
  const same = result.hits.find(({ uri, line }) => uri === hit.uri && line === hit.line);
  return same && hitCard(same, result);
}
