/** The page of a comparison: how alike two pieces of code are to each model, and the words that make them so. */

import '../../view/pageWords';
import type { CompareResult } from '../../protocol';
import { pageHeading } from '../../view/heading';
import { makeButton } from '../../view/controls/button';
import { make } from '../../view/make';
import type { FromPage, Side, TierName, ToPage } from '../messages';
import { Card } from './card';
import { code, heaviest } from './code';
import { t } from '../../text/words';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const TIERS: Record<TierName, string> = { instant: t('Fast model'), deep: t('Transformer') };
const SHARES: Record<TierName, string> = {
  instant: t('The numbers of all words of a side add up to the cosine.'),
  deep: t('A number says how much less alike the two are without the word.'),
};
const SIDES = ['one', 'other'] as const;

const editor = acquireVsCodeApi();
const cards: Record<TierName, Card> = { instant: new Card(TIERS.instant), deep: new Card(TIERS.deep) };
const results: Partial<Record<TierName, CompareResult>> = {};
let names: Record<Side, string> = { one: '', other: '' };
let chosen: TierName = 'instant';

const overview = make('section', 'overview');
overview.append(cards.instant.element, cards.deep.element);
const choice = make('div', 'choice');
const buttons = (Object.keys(TIERS) as TierName[]).map((tier) => {
  const button = makeButton(TIERS[tier], () => {
    chosen = tier;
    draw();
  });
  return { tier, button };
});
choice.setAttribute('role', 'group');
choice.setAttribute('aria-label', t('Color words by'));
choice.append(t('Color words by'), ...buttons.map(({ button }) => button));
const legend = make('p', 'legend');
const pieces = make('div', 'pieces');
const page = make('main', '');
page.append(pageHeading(t('Comparison')), overview, choice, legend, pieces);
document.body.append(page);

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.kind) {
    case 'begin':
      names = { one: data.one, other: data.other };
      delete results.instant;
      delete results.deep;
      cards.instant.wait(t('Comparing …'));
      cards.deep.wait(t('Reading both, again without each word …'));
      chosen = 'instant';
      break;
    case 'answer':
      names = { one: data.one, other: data.other };
      results[data.tier] = data.result;
      cards[data.tier].show(data.result);
      break;
    case 'problem':
      cards[data.tier].fail(data.text);
      break;
  }
  draw();
});
editor.postMessage({ kind: 'ready' });

function draw(): void {
  const result = results[chosen];
  for (const { tier, button } of buttons) {
    button.setAttribute('aria-pressed', String(tier === chosen));
    button.disabled = results[tier] === undefined;
  }
  choice.hidden = result === undefined;
  legend.hidden = result === undefined;
  const colours = t('Green words make them alike; red ones, with a dashed line, unlike.');
  legend.textContent = `${SHARES[chosen]} ${colours}`;
  if (result === undefined) {
    pieces.replaceChildren();
    return;
  }
  const most = Math.max(...SIDES.flatMap((side) => result[side].words.map(({ share }) => Math.abs(share))));
  pieces.replaceChildren(
    ...SIDES.map((side) => {
      const part = make('section', 'piece');
      const title = make('h2', '');
      title.textContent = names[side];
      const open = (start: number, end: number): void => {
        editor.postMessage({ kind: 'open', side, start, end });
      };
      part.append(title, heaviest(result[side], open), code(result[side], most, open));
      return part;
    }),
  );
}
