/** The messages between the page of a comparison and the extension. */

import type { CompareResult } from '../protocol';

export type TierName = 'instant' | 'deep';
export type Side = 'one' | 'other';

export type ToPage =
  /** A new comparison, of pieces with these names. */
  | { kind: 'begin'; one: string; other: string }
  /** The answer of a model, with the names of the pieces as they are known now. */
  | { kind: 'answer'; tier: TierName; result: CompareResult; one: string; other: string }
  | { kind: 'problem'; tier: TierName; text: string };

export type FromPage =
  | { kind: 'ready' }
  /** Open a piece in the editor, at a word in UTF-16 units of its text. */
  | { kind: 'open'; side: Side; start: number; end: number };
