/** A text of several sentences as the two lines of an item in a list, which cuts what is longer. Pure. */

/** Columns of a list's first line, which has a larger font; those of Chinese take two. */
const COLUMNS = 72;
const WIDE = /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g;
/** The end of a sentence: of a Latin one only before a space, as dots are in names too. */
const SENTENCES = /[^]*?(?:[.?!](?=\s|$)|[。？！])\s*|[^]+$/g;

/** The sentences that the first line has room for, at least one, and the others. */
export function twoLines(text: string): { first: string; rest: string } {
  const sentences = text.match(SENTENCES) ?? [text];
  let first = '';
  let at = 0;
  for (const sentence of sentences) {
    if (at > 0 && columns(first + sentence.trimEnd()) > COLUMNS) {
      break;
    }
    first += sentence;
    at += 1;
  }
  return { first: first.trimEnd(), rest: sentences.slice(at).join('').trimEnd() };
}

function columns(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}
