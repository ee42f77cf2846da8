/** Which hits of an answer a list shows. Pure. */

import type { Hit, SearchResult } from '../protocol';

/** The most hits of an answer without a good one: a long list of them would look like an answer. */
export const WEAK_SHOWN = 8;

/** All hits; of an answer in which nothing matches well the nearest few, as any code is nearest to something. */
export function worthShowing({ hits, weak }: Pick<SearchResult, 'hits' | 'weak'>): Hit[] {
  return weak ? hits.slice(0, WEAK_SHOWN) : hits;
}
