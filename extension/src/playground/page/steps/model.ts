/** What a model is: the two that read the user's code, by their files, and their speed here and now. */

import type { Network, NetworksResult, SpeedResult } from '../../../protocol';
import { formatDuration } from '../../../text/amounts';
import { counted, figure, percent, t } from '../../../text/words';
import { ask } from '../ask';
import { makeButton } from '../../../view/controls/button';
import { Place, row, said, table, term } from '../parts';

/** Seconds: less is not worth a figure. */
const SHORTEST = 0.1;

let known: Promise<NetworksResult> | undefined;

/** The models of the folder, asked once. */
export function networks(): Promise<NetworksResult> {
  known ??= ask('networks', {}).catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return known;
}

export const FAST = t('Fast model');
export const TRANSFORMER = t('Transformer');

export function modelStep(step: HTMLElement): void {
  const facts = new Place();
  const speed = new Place();
  step.append(
    said(t('A model is a file of numbers. It has learned them from many texts; nobody has written them.')),
    said(t('Two models read your code here: a fast one at once, and a careful one in the background.')),
    facts.element,
    said(t('How fast are they on this machine? They read pieces of your code for a second each.')),
    row(makeButton(t('Measure the speed'), () => speed.show(measured, t('Reading your code …')))),
    speed.element,
  );
  void facts.show(async () => [factsOf((await networks()).networks)], t('Reading the files of the models …'));
}

function factsOf(models: readonly Network[]): HTMLElement {
  const cells = (of: (model: Network) => string): string[] => models.map(of);
  return table(
    t('The models of this folder'),
    ['', ...models.map(({ deep }) => (deep ? TRANSFORMER : FAST))],
    [
      [t('Name'), ...cells(({ name }) => name)],
      [
        term(t('Parameters'), t('The numbers that it has learned.')),
        ...cells(({ parameters }) => figure(parameters)),
      ],
      [
        term(t('Table of tokens'), t('The share of the parameters that is a row for each token it knows.')),
        ...cells(({ table: part, parameters }) => percent(part / parameters)),
      ],
      [
        term(t('Layers'), t('In each layer, every token looks at the others, and changes.')),
        ...cells(({ layers }) => (layers === undefined || layers === null ? t('none') : figure(layers))),
      ],
      [
        term(t('Vector'), t('So many numbers stand for a text in the end.')),
        ...cells(({ dimension }) => counted(dimension, '{0} number', '{0} numbers')),
      ],
      [
        term(t('Window'), t('The most that it reads at once. Longer code is read in several pieces.')),
        ...cells(({ window: most }) =>
          most === undefined || most === null ? t('any length') : counted(most, '{0} token', '{0} tokens'),
        ),
      ],
      [
        term(t('Tokenizer'), t('How it cuts a text, and how many different tokens it knows.')),
        ...cells(({ tokenizer, vocabulary }) => `${tokenizer}, ${figure(vocabulary)}`),
      ],
      [t('File'), ...cells(({ size }) => t('{0} MB', figure(size / 1_000_000, 1)))],
      [t('Licence'), ...cells(({ licence }) => licence ?? t('not given'))],
    ],
  );
}

async function measured(): Promise<HTMLElement[]> {
  const { chunks } = await networks();
  const fast = await ask('speed', { deep: false });
  const deep = await ask('speed', { deep: true });
  return [
    table(
      t('Speed, measured just now'),
      ['', FAST, TRANSFORMER],
      [
        [t('Pieces of code a second'), rate(fast.chunks, fast), rate(deep.chunks, deep)],
        [t('Tokens a second'), rate(fast.tokens, fast), rate(deep.tokens, deep)],
        [
          counted(chunks, 'Time for the one piece of this folder', 'Time for all {0} pieces of this folder'),
          whole(chunks, fast),
          whole(chunks, deep),
        ],
      ],
    ),
    said(t('So search works at once with the fast model, and gets better while the transformer reads.')),
  ];
}

function rate(amount: number, { seconds }: SpeedResult): string {
  return figure(Math.round(amount / seconds));
}

function whole(chunks: number, { chunks: read, seconds }: SpeedResult): string {
  const needed = (chunks * seconds) / read;
  return read === 0
    ? t('not known')
    : needed < SHORTEST
      ? t('{0} s', `< ${figure(SHORTEST, 1)}`)
      : formatDuration(needed);
}
