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

/** The language, as a BCP 47 tag. */
export function language(): string {
  return spoken;
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
  return t(count === 1 ? one : several, amount(count), ...values);
}

/** "1,204". */
export function amount(value: number): string {
  return value.toLocaleString(spoken);
}
