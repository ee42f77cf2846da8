/** The messages between the page of the playground and the extension: the page asks, and each ask gets an answer. */

import type {
  CompareResult,
  NetworksResult,
  SearchResult,
  ShowTokensResult,
  SpeedResult,
  WordInContextResult,
} from '../protocol';

export const STEPS = ['model', 'tokenizer', 'special', 'embedding', 'context', 'search', 'choose'] as const;
export type StepName = (typeof STEPS)[number];

export type TierName = 'lexical' | 'instant' | 'deep';

/** A piece of the user's code. */
export interface Code {
  text: string;
  /** "src/cart.ts:12"; empty if there is no code. */
  name: string;
}

/** What the page can ask, and the answer to each. */
export interface Asks {
  /** The function at the editor's cursor, or else some function of the folder. */
  code: { params: Record<string, never>; answer: Code };
  networks: { params: Record<string, never>; answer: NetworksResult };
  speed: { params: { deep: boolean }; answer: SpeedResult };
  tokens: { params: { text: string; tokenizer: string }; answer: ShowTokensResult };
  /** Download a tokenizer; false if the user has cancelled. */
  get: { params: { tokenizer: string; megabytes: number }; answer: boolean };
  compare: { params: { one: string; other: string; deep: boolean }; answer: CompareResult };
  context: { params: { word: string; texts: string[] }; answer: WordInContextResult };
  /** All tiers together if none is named. */
  search: { params: { query: string; tiers: TierName[]; wait: boolean }; answer: SearchResult };
}
export type AskName = keyof Asks;

/** The commands that the page may run. */
export const COMMANDS = ['showModels', 'bestModel', 'trainModel', 'openModelSetting'] as const;
export type CommandName = (typeof COMMANDS)[number];

export type ToPage =
  | { kind: 'step'; step: StepName }
  | { kind: 'answer'; id: number; answer: unknown }
  | { kind: 'problem'; id: number; text: string };

export type FromPage =
  | { kind: 'ready' }
  | { kind: 'ask'; id: number; what: AskName; params: Asks[AskName]['params'] }
  | { kind: 'open'; uri: string; line: number }
  | { kind: 'run'; command: CommandName };
