/** *Why This Hit* and *Why Nothing Matches*: cards that the editor shows as lists. */

import * as vscode from 'vscode';
import type { Effect, Hit, LeftOutCount, SearchResult, TierOpinion, WordMatch } from '../protocol';
import { escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { type HitItem, hitItem, hitTitle } from './hitItem';
import { counted, t } from '../text/words';

export interface CardItem extends vscode.QuickPickItem {
  /** Asked instead when the item is chosen. */
  suggestion?: string;
  /** Opened when the item is chosen. */
  hit?: HitItem;
  command?: string;
  /** Shown instead when the item is chosen. */
  card?: Card;
}

export interface Card {
  title: string;
  items: CardItem[];
}

const STRENGTH_ICONS: Readonly<Record<TierOpinion['strength'], string>> = {
  best: 'star-full',
  strong: 'pass-filled',
  fair: 'pass',
  weak: 'circle-outline',
  none: 'circle-slash',
};

const PLACES: Readonly<Record<WordMatch['places'][number], string>> = {
  name: t('its name'),
  path: t('its path'),
  comment: t('its comments'),
  body: t('its code'),
  text: t('its text'),
};

/** Why a hit is where it is; undefined if the server did not say. */
export function hitCard(hit: Hit, result: SearchResult): Card | undefined {
  const { explanation } = hit;
  if (!explanation) {
    return undefined;
  }
  const { summary, tiers, words, gained, lost } = explanation;
  const card = shortfallCard(result);
  return {
    title: t('Why {0} was found', hitTitle(hit)),
    items: [
      item(summary, 'info'),
      ...(card === undefined ? [] : [{ ...item(card.title, 'question'), card }]),
      ...section(t('Ways to search'), tiers.map(tierItem)),
      ...section(t('Words of the question'), words.map(wordItem)),
      ...section(t('Speaks for it'), gained.map(effectItem('arrow-up'))),
      ...section(t('Speaks against it'), lost.map(effectItem('arrow-down'))),
    ],
  };
}

/** Why nothing matches well; undefined if the server did not say. */
export function shortfallCard({ shortfall, hits }: SearchResult): Card | undefined {
  if (!shortfall) {
    return undefined;
  }
  const { advice, instead, searched, progress, leftOut, unknown, outside } = shortfall;
  return {
    title: hits.length > 0 ? t('Why nothing matches well') : t('Why nothing was found'),
    items: [
      {
        ...item(advice, 'lightbulb'),
        ...(instead ? { suggestion: instead, detail: escapeIcons(instead) } : {}),
      },
      ...section(t('What was searched'), [
        item(searched, 'search'),
        ...(progress ? [item(progress, 'info')] : []),
      ]),
      ...section(t('Words of the question'), unknown.map(unknownItem)),
      ...section(t('Not in the index'), leftOut.map(leftOutItem)),
      ...section(
        t('Matches that the filters leave out'),
        outside.map((hit) => {
          const found = hitItem(hit, true);
          return { ...found, buttons: [], hit: found };
        }),
      ),
    ],
  };
}

function leftOutItem({ reason, count }: LeftOutCount): CardItem {
  return {
    ...item(counted(count, '{0} file or folder', '{0} files and folders'), 'circle-slash'),
    description: escapeIcons(reason),
    command: 'semlens.leftOut',
  };
}

function item(label: string, name: string): CardItem {
  return { label: escapeIcons(label), ...icon(name), alwaysShow: true };
}

function section(label: string, items: CardItem[]): CardItem[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

/** "By its words: a strong match." as a label with a description. */
function tierItem({ text, strength }: TierOpinion): CardItem {
  const [label = text, ...said] = text.replace(/[.。]$/, '').split(/: |：/);
  return { ...item(label, STRENGTH_ICONS[strength]), description: said.join(': ') };
}

function wordItem({ word, places }: WordMatch): CardItem {
  const found = places.length > 0;
  const where = found ? t('in {0}', places.map((place) => PLACES[place]).join(', ')) : t('not here');
  return { ...item(word, found ? 'check' : 'dash'), description: where };
}

function unknownItem(word: string): CardItem {
  return { ...item(word, 'dash'), description: t('in no file') };
}

function effectItem(name: string): (effect: Effect) => CardItem {
  return ({ text }) => item(text, name);
}
