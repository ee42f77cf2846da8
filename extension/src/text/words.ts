/**
 * The texts that people read, in the language of the editor: `l10n/` has a table for each, from English. Pure, so that
 * pages and tests use it too; without a table, all is English.
 */

/** English text → text in the language. */
export type Words = Readonly<Record<string, string>>;

let known: Words = {};
let spoken = 'en';

/** Set once, before any other part is loaded: `localize.ts` in the editor, `pageWords.ts` in a page. */
export function speak(words: Words, language: string): void {
  known = words;
  spoken = language;
}

/** What `speak` was given, for a page. The language is a BCP 47 tag. */
export function speech(): { words: Words; language: string } {
  return { words: known, language: spoken };
}

/**
 * A text in the language of the editor, with `{0}`, `{1}` … replaced by the values.
 * @param english A literal: a test finds it, and holds it in the tables.
 */
export function t(english: string, ...values: readonly (string | number)[]): string {
  return (known[english] ?? english).replace(/\{(\d+)\}/g, (mark, at: string) =>
    String(values[Number(at)] ?? mark),
  );
}

/** A text with a number, which is `{0}`, in the singular or the plural; `{1}` … are the other values. */
export function counted(
  count: number,
  one: string,
  several: string,
  ...values: readonly (string | number)[]
): string {
  return t(count === 1 ? one : several, figure(count), ...values);
}

/** "1,204". */
export function figure(value: number, decimals = 0): string {
  return value.toLocaleString(spoken, digits(decimals));
}

/** A share from 0 to 1 as "63%". */
export function percent(share: number, decimals = 0): string {
  return share.toLocaleString(spoken, { style: 'percent', ...digits(decimals) });
}

/** A day as "Nov 30, 2026". */
export function date(day: Date): string {
  return day.toLocaleDateString(spoken, { dateStyle: 'medium' });
}

function digits(decimals: number): Intl.NumberFormatOptions {
  return { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
}
