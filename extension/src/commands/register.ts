/** How commands are registered, and which of them lead to the set-up. */

import { STEPS } from '../playground/messages';

/** Registers the command `semlens.NAME`. */
export type Register = (name: string, run: (...parameters: never[]) => unknown) => void;

/**
 * Commands that open a list, a page or a view, or that tell their own progress: where Semlens is not set up, they would
 * only say so, and the set-up is offered instead.
 */
export const OPENING: ReadonlySet<string> = new Set<string>([
  ...STEPS.map((step) => `openPlayground.${step}`),
  'search',
  'searchSelection',
  'searchInFolder',
  'findSimilar',
  'showDuplicates',
  'openSearchEditor',
  'searchEditor.rerun',
  'searchEditor.save',
  'results.rerun',
  'results.rerunAll',
  'copyContext',
  'copyFolder',
  'copyAsContext',
  'countTokens',
  'chooseTokenizer',
  'showTokens',
  'colorTokens',
  'showCosts',
  'showTreemap',
  'compareSelections',
  'showMap',
  'openPlayground',
  'showModels',
  'leftOut',
  'splitCode',
  'reindex',
  'reindexAll',
  'restart',
]);
