/** Which parts of a line of code stand for words of a question. Pure functions. */

/** The parts of identifiers: `getUserById` has four, `HTTP_404` two. */
const PARTS = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\d+/gu;
const LEAST_SHARED = 4;
/** Letters that words of one root may differ in at their ends: `retry` and `retrying`. */
const MOST_ENDING = 3;

/** Ranges of `text`, each the first character and the one behind the last, as a tree item wants them. */
export function highlightsOf(text: string, words: readonly string[]): [number, number][] {
  const wanted = words.flatMap((word) => [...word.matchAll(PARTS)].map(([part]) => part.toLowerCase()));
  const found: [number, number][] = [];
  for (const match of text.matchAll(PARTS)) {
    const part = match[0].toLowerCase();
    if (wanted.some((word) => isLike(part, word))) {
      found.push([match.index, match.index + part.length]);
    }
  }
  return found;
}

function isLike(part: string, word: string): boolean {
  if (part === word) {
    return true;
  }
  let shared = 0;
  while (shared < part.length && part[shared] === word[shared]) {
    shared += 1;
  }
  return shared >= LEAST_SHARED && Math.max(part.length, word.length) - shared <= MOST_ENDING;
}
