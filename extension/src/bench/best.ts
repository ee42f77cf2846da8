/** Which way to search is the best one of a measurement, and how sure that is. Pure. */

import type { BenchPair, BenchResult, BenchRow } from '../protocol';

type Way = Pick<BenchRow, 'tiers' | 'model'>;

export interface Best {
  row: BenchRow;
  /** Ways with another model, which may be as good: the difference is within chance. */
  rivals: Way[];
}

/** The way with the highest mean reciprocal rank; undefined if nothing was measured. */
export function bestOf({ rows, pairs }: Pick<BenchResult, 'rows' | 'pairs'>): Best | undefined {
  const [first, ...others] = rows;
  if (first === undefined) {
    return undefined;
  }
  const row = others.reduce((best, other) => (other.mrr.mean > best.mrr.mean ? other : best), first);
  const rivals = pairs
    .filter(({ withinChance }) => withinChance)
    .flatMap((pair) => otherWay(pair, row) ?? [])
    .filter(({ model }) => model !== row.model);
  return { row, rivals };
}

/** The other way of a pair that has this one. */
function otherWay({ tiers, model, otherTiers, otherModel }: BenchPair, way: Way): Way | undefined {
  const one = { tiers, model };
  const other = { tiers: otherTiers, model: otherModel };
  return isSame(one, way) ? other : isSame(other, way) ? one : undefined;
}

function isSame(one: Way, other: Way): boolean {
  return one.tiers === other.tiers && (one.model ?? '') === (other.model ?? '');
}
