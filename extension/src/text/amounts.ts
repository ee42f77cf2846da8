/** Amounts as the user reads them: one format everywhere. Pure, so that pages use it too. */

import { counted, figure, percent, t } from './words';

const MOST_DECIMALS = 6;

/** "1 file", "1,204 files". */
export function formatFiles(amount: number): string {
  return counted(amount, '{0} file', '{0} files');
}

/** "1,204 tokens". */
export function formatTokens(amount: number): string {
  return counted(amount, '{0} token', '{0} tokens');
}

/** A share from 0 to 1 as "63%". Rounds down, so that 100% means complete. */
export function formatPercent(share: number): string {
  return percent(Math.floor(Math.min(Math.max(share, 0), 1) * 100) / 100);
}

/** A share that may be tiny, or more than all: "0%", "< 0.1%", "0.9%", "63%", "250%". */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) {
    return `< ${percent(0.001, 1)}`;
  }
  return percent(share, share > 0 && share < 0.1 ? 1 : 0);
}

/**
 * A difference with where it lies for certain: "+0.040 (+0.010 to +0.087)". An end that is not 0 does not look like it,
 * as whether it is tells chance from more: it has more digits if need be.
 */
export function formatDifference(
  { mean, low, high }: { mean: number; low: number; high: number },
  decimals: number,
): string {
  const ends = [low, high].map(Math.abs).filter((end) => end > 0);
  const wanted = Math.max(decimals, ...ends.map((end) => Math.ceil(-Math.log10(end * 2))));
  const signed = (value: number): string =>
    `${value < 0 ? '−' : '+'}${figure(Math.abs(value), Math.min(wanted, MOST_DECIMALS))}`;
  return t('{0} ({1} to {2})', signed(mean), signed(low), signed(high));
}

/** "2.5 s", "42 s", "3 min 5 s". */
export function formatDuration(seconds: number): string {
  if (seconds < 10) {
    return t('{0} s', figure(seconds, 1));
  }
  if (seconds < 90) {
    return t('{0} s', Math.round(seconds));
  }
  return t('{0} min {1} s', Math.floor(seconds / 60), Math.round(seconds % 60));
}

/** A time that is only estimated: "42 s", "6 min", "2.5 h". */
export function formatAbout(seconds: number): string {
  if (seconds < 90) {
    return t('{0} s', Math.max(1, Math.round(seconds)));
  }
  return seconds < 90 * 60 ? t('{0} min', Math.round(seconds / 60)) : t('{0} h', figure(seconds / 3600, 1));
}

/** "1,204 MB", "< 1 MB". */
export function formatMegabytes(bytes: number): string {
  if (bytes > 0 && bytes < 500_000) {
    return t('< {0} MB', 1);
  }
  return t('{0} MB', figure(Math.round(bytes / 1_000_000)));
}
