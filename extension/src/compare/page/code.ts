/** A piece of code with its words coloured by what they add to the likeness, and the list of those that add most. */

import type { ComparedText, WordShare } from '../../protocol';
import { figure, t } from '../../text/words';

const LISTED = 8;
const LEVELS = 4;

type Open = (start: number, end: number) => void;

/** The code. The word with the share `most` has the strongest colour. */
export function code({ text, words, seen }: ComparedText, most: number, open: Open): HTMLElement {
  const made = document.createElement('pre');
  made.tabIndex = 0;
  let at = 0;
  for (const { start, end, share } of words) {
    const word = document.createElement('span');
    word.textContent = text.slice(start, end);
    word.className = `word ${level(share, most)}`;
    word.title = `${word.textContent} ${signed(share)}`;
    word.addEventListener('click', () => {
      open(start, end);
    });
    made.append(text.slice(at, start), word);
    at = end;
  }
  made.append(text.slice(at, Math.max(at, seen)));
  if (seen < text.length) {
    const rest = document.createElement('span');
    rest.className = 'unseen';
    rest.title = t('The model does not read this');
    rest.textContent = text.slice(Math.max(at, seen));
    made.append(rest);
  }
  return made;
}

/** The words that add or take most, each with all its places together. */
export function heaviest({ text, words }: ComparedText, open: Open): HTMLElement {
  const sums = new Map<string, { share: number; count: number; first: WordShare }>();
  for (const word of words) {
    const name = text.slice(word.start, word.end);
    const sum = sums.get(name) ?? { share: 0, count: 0, first: word };
    sums.set(name, { ...sum, share: sum.share + word.share, count: sum.count + 1 });
  }
  const sorted = [...sums].sort(([, a], [, b]) => Math.abs(b.share) - Math.abs(a.share)).slice(0, LISTED);
  const most = Math.abs(sorted[0]?.[1].share ?? 1);
  const list = document.createElement('ol');
  list.setAttribute('aria-label', t('Words that carry most'));
  list.append(
    ...sorted.map(([name, { share, count, first }]) => {
      const row = document.createElement('li');
      const button = document.createElement('button');
      const bar = document.createElement('meter');
      button.textContent = count > 1 ? `${name} ×${count}` : name;
      button.title = t('Show {0} in the editor', name);
      button.addEventListener('click', () => {
        open(first.start, first.end);
      });
      bar.max = most;
      bar.value = Math.abs(share);
      bar.className = share < 0 ? 'unlike' : 'alike';
      bar.setAttribute('aria-hidden', 'true');
      row.append(button, bar, signed(share));
      return row;
    }),
  );
  return list;
}

function level(share: number, most: number): string {
  const step = Math.round((Math.abs(share) / most) * LEVELS);
  return step === 0 ? '' : `${share < 0 ? 'unlike' : 'alike'} level${step}`;
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${figure(Math.abs(share), 3)}`;
}
