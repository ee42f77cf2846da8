/** Near copies as hits of the results view. Pure functions. */

import type { DuplicatesResult, NearCopy } from '../protocol';
import type { Found, KeptHit } from '../results/kept';
import { formatPercent } from '../text/amounts';
import { t } from '../text/words';

/** The copies, group after group. */
export function copiesIn({ groups, total, repeatedLines, coverage, files }: DuplicatesResult): Found {
  const hits = groups.flatMap(({ copies }, group) => copies.map((copy) => ({ ...keptCopy(copy), group })));
  const kept = groups.map(({ similarity, repeatedLines: lines }) => ({ similarity, repeatedLines: lines }));
  const partly = t('Only {0} of the code is read so far: run again later.', formatPercent(coverage));
  return {
    hits,
    copies: { groups: kept, total, repeatedLines, files },
    weak: false,
    notices: coverage < 1 ? [partly] : [],
    cut: total > groups.length,
  };
}

export function keptCopy({ uri, range, name, kind, line, text, whole }: NearCopy): KeptHit {
  const summary = text.trim() || name;
  const isPart = !whole;
  return { uri, range, line, text, summary, name, kind, isPart, language: '', stale: text === '', words: [] };
}
