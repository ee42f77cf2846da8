/** What a tokenizer is: the user's function in words, characters, BPE, WordPiece and Unigram tokens. */

import type { NamedTokenizer, ShowTokensResult, TokenView } from '../../../protocol';
import { formatTokens } from '../../../text/amounts';
import { figure, t } from '../../../text/words';
import { Column } from '../../../tokens/view/page/column';
import { make } from '../../../view/make';
import { ask } from '../ask';
import { makeButton } from '../../../view/controls/button';
import { field, Place, row, said, table, title } from '../parts';

/** Characters of the function: so much can be looked at. */
const LONGEST = 480;
const CHARACTERS = 'character';
const WORDS = 'word';
/** The first that is here shows its way to cut; a model's own is added. */
const BYTE_PAIRS = ['o200k_base', 'cl100k_base'];
const UNIGRAM = 'xlm-r';
/** Tokens that are compared by their numbers. */
const COMPARED = 6;

export function tokenizerStep(step: HTMLElement): void {
  const cuts = new Place();
  const code = field(t('Some of your code'), 'code', '', () => void show(), 6);
  const where = said('', 'quiet');
  const take = async (): Promise<void> => {
    const { text, name } = await ask('code', {});
    where.textContent = name === '' ? t('Nothing is indexed yet: type some code.') : t('From {0}', name);
    code.value = beginning(text);
  };
  const show = (): Promise<void> => cuts.show(() => allCuts(code.value, show));
  step.append(
    said(t('A model reads numbers, not letters. A tokenizer cuts a text into pieces that the model knows.')),
    said(t('Each piece is a token, and has a number. Here is a function of yours, cut in several ways.')),
    code.element,
    row(makeButton(t('Take the function at the cursor'), take), where),
    cuts.element,
  );
  if (code.value === '') {
    void cuts.show(async () => {
      await take();
      return [];
    });
  } else {
    void show();
  }
}

/** Whole lines, as many as can be looked at. */
function beginning(text: string): string {
  const lines = text.trimEnd().split('\n');
  let kept = lines.shift() ?? '';
  for (const next of lines) {
    if (kept.length + next.length > LONGEST) {
      break;
    }
    kept += `\n${next}`;
  }
  return kept.slice(0, LONGEST);
}

interface Cut {
  name: string;
  result: ShowTokensResult;
  view: TokenView;
}

async function allCuts(text: string, again: () => Promise<void>): Promise<HTMLElement[]> {
  if (text.trim() === '') {
    return [said(t('There is no text to cut.'))];
  }
  const words = await cut(text, WORDS, t('Words'));
  const characters = await cut(text, CHARACTERS, t('Characters'));
  const { choices } = words.result;
  const here = new Set(choices.filter((one) => one.here).map(({ name }) => name));
  const own = choices[0]?.name ?? '';
  const others = [BYTE_PAIRS.find((name) => here.has(name)) ?? own, own, here.has(UNIGRAM) ? UNIGRAM : own];
  const cuts: Cut[] = [];
  for (const name of new Set(others)) {
    cuts.push(await cut(text, name));
  }
  return [
    drawn(words),
    drawn(characters),
    said(
      t('Both are poor: one knows too few names, the other makes texts long. So models use pieces of words.'),
    ),
    ...cuts.map((one) => drawn(one, one.view.tokenizer === own)),
    ...absent(choices, again),
    title(t('Why does each model have its own?')),
    said(t('Each tokenizer has learned its pieces from other texts. So the same piece has another number.')),
    ...numbers(text, cuts),
    said(t('A model knows a token by its number alone. With the numbers of another it would read nonsense.')),
  ];
}

async function cut(text: string, tokenizer: string, name = ''): Promise<Cut> {
  const result = await ask('tokens', { text, tokenizer });
  const [view] = result.views;
  if (view === undefined || view.problem) {
    throw new Error(view?.problem ?? t('No answer'));
  }
  const strategy = `${view.strategy.charAt(0).toUpperCase()}${view.strategy.slice(1)}`;
  return { name: name || `${strategy} (${view.tokenizer})`, result, view };
}

/** One way to cut: its name, the text in its tokens, and what is to be seen there. */
function drawn({ name, result, view }: Cut, isOwn = false): HTMLElement {
  const section = make('section', 'cut');
  section.append(title(t('{0}: {1}', name, formatTokens(view.tokens))));
  if (isOwn) {
    section.append(said(t('The model that searches your code cuts like this.')));
  }
  section.append(tokens(view, result.text), said(view.lesson.replace(/`/g, ''), 'quiet'));
  return section;
}

/** A text in its tokens, of two colours in turn; a dot is a space. */
export function tokens(view: TokenView, text: string): HTMLElement {
  const made = make('pre', 'tokens');
  const column = new Column(view, text);
  for (let piece = 0; piece < column.pieces; piece++) {
    const part = make('span', column.classes(piece));
    part.title = column.describe(piece).slice(1).join('\n');
    part.append(text.slice(column.start(piece), column.end(piece)));
    made.append(part);
  }
  made.tabIndex = 0;
  made.setAttribute('role', 'region');
  made.setAttribute('aria-label', t('The tokens of {0}', view.tokenizer));
  return made;
}

/** Offers the tokenizers of a strategy that is missing. */
function absent(choices: readonly NamedTokenizer[], again: () => Promise<void>): HTMLElement[] {
  const unigram = choices.find(({ name, here }) => name === UNIGRAM && !here);
  if (unigram === undefined) {
    return [];
  }
  const { name, megabytes } = unigram;
  const section = make('section', 'cut');
  const problem = said('', 'problem');
  const get = async (): Promise<void> => {
    try {
      if (await ask('get', { tokenizer: name, megabytes })) {
        await again();
      }
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  section.append(
    title('Unigram'),
    said(
      t('It chooses the cut that is most likely as a whole. Its tokenizer {0} is not on this machine.', name),
    ),
    row(makeButton(t('Download it ({0} MB)', megabytes), get)),
    problem,
  );
  return [section];
}

/** The numbers of the same pieces in two vocabularies. */
function numbers(text: string, cuts: readonly Cut[]): HTMLElement[] {
  const tables = cuts.map(({ view }) => idsOf(view, text));
  const [first] = tables;
  const shared = [...(first?.keys() ?? [])].filter((piece) => tables.every((one) => one.has(piece)));
  if (cuts.length < 2 || shared.length === 0) {
    return [];
  }
  return [
    table(
      t('The numbers of the same pieces'),
      [t('Piece'), ...cuts.map(({ view }) => view.tokenizer)],
      shared.slice(0, COMPARED).map((piece) => [piece, ...tables.map((ids) => figure(ids.get(piece) ?? 0))]),
    ),
  ];
}

/** Word → the number of the one token that it is. */
function idsOf(view: TokenView, text: string): Map<string, number> {
  const found = new Map<string, number>();
  let token = 0;
  view.starts.forEach((start, piece) => {
    const count = view.counts[piece] ?? 0;
    const part = text.slice(start, view.starts[piece + 1] ?? text.length).trim();
    const id = view.ids[token];
    if (count === 1 && id !== undefined && /^\w{2,}$/.test(part) && isWhole(text, start, part)) {
      found.set(part, id);
    }
    token += count;
  });
  return found;
}

/** Whether a piece is a word, and no part of one. */
function isWhole(text: string, start: number, part: string): boolean {
  const at = text.indexOf(part, start);
  return !/\w/.test(text[at - 1] ?? ' ') && !/\w/.test(text[at + part.length] ?? ' ');
}
