/** Searches that the results view keeps: what is asked and what was found. Pure functions. */

import type { Explanation, Hit, Range, SearchResult, SimilarParams } from '../protocol';
import { worthShowing } from '../search/worthShowing';

/** What a search asks. */
export type Ask =
  | { kind: 'search'; query: string; folder?: string }
  | { kind: 'similar'; params: Pick<SimilarParams, 'textDocument' | 'range'> }
  | { kind: 'duplicates' };

export interface KeptHit {
  uri: string;
  range: Range;
  /** 0-based. */
  line: number;
  /** The text of `line` when it was found; empty if it is outside of `range`. */
  text: string;
  summary: string;
  name: string;
  kind: string;
  language: string;
  stale: boolean;
  /** Whether the run before did not find it. */
  isNew?: boolean;
  /** The words of the question that stand in it. */
  words: string[];
  /** Whether it is some lines inside of what `name` names. */
  isPart?: boolean;
  /** The group of near copies that it is in, by its place among all groups. */
  group?: number;
  /** Not kept over a restart. */
  explanation?: Explanation | undefined;
}

/** Groups of near copies; their hits say which group they are in. */
export interface CopyGroups {
  /** The share of words in common, from 0 to 1, and the lines that are repeated, of each group. */
  groups: { similarity: number; repeatedLines: number }[];
  /** All groups, beyond those that were asked for. */
  total: number;
  /** Of all groups. */
  repeatedLines: number;
  /** The files of the index then; searches that were kept before do not know. */
  files?: number;
}

/** What a search found. */
export interface Found {
  hits: KeptHit[];
  copies?: CopyGroups;
  weak: boolean;
  notices: string[];
  /** Of a search for similar code: the lines that the hits are like. */
  source?: Range | undefined;
  /** Whether the list may go on behind its end. */
  cut: boolean;
}

export interface KeptSearch {
  id: string;
  ask: Ask;
  /** The question, or what the code is similar to. */
  title: string;
  /** As the user calls it. */
  name?: string | undefined;
  pinned: boolean;
  limit: number;
  /** When it ran last, in milliseconds; 0 for never. */
  when: number;
  /** The best first. */
  hits: KeptHit[];
  /** What the run before found and the last one did not. */
  gone: KeptHit[];
  /** The keys of all hits of the last run, those that the user removed among them. */
  keys: string[];
  /** Of a search for near copies. */
  copies?: CopyGroups | undefined;
  /** Whether the list may go on behind its end. */
  cut?: boolean | undefined;
  /** Whether nothing matches well. */
  weak: boolean;
  /** What the server remarks. */
  notices: string[];
  /** Of a search for similar code: the lines that the hits are like. */
  source?: Range | undefined;
  running?: boolean | undefined;
  error?: string | undefined;
}

/** The hits of one file. */
export interface FileHits {
  uri: string;
  hits: KeptHit[];
}

export type Order = 'rank' | 'path';

const FIRST_LIMIT = 50;

export function newSearch(id: string, ask: Ask, title: string): KeptSearch {
  const empty = { hits: [], gone: [], keys: [], notices: [] };
  return { id, ask, title, pinned: false, limit: FIRST_LIMIT, when: 0, weak: false, ...empty };
}

/** What the answer to a question found. */
export function foundBy(result: SearchResult, limit: number): Found {
  const { weak, notices, source } = result;
  const hits = limit > FIRST_LIMIT ? result.hits : worthShowing(result);
  const texts = notices.map(({ text }) => text);
  return {
    hits: hits.map(keptHit),
    weak,
    notices: texts,
    source: source ?? undefined,
    cut: result.hits.length >= limit || hits.length < result.hits.length,
  };
}

/** Whether a search has an answer. One that runs again has the one before; one that fails, none that is right now. */
export function standing({
  when,
  running,
  error,
}: KeptSearch): 'answered' | 'searching' | 'failed' | 'waiting' {
  if (running) {
    return when > 0 ? 'answered' : 'searching';
  }
  if (error !== undefined) {
    return 'failed';
  }
  return when > 0 ? 'answered' : 'waiting';
}

/** The search with a new answer, compared with the one before unless that answered something else. */
export function answered(search: KeptSearch, found: Found, when: number, compared: boolean): KeptSearch {
  const known = new Set(search.keys);
  const hits = found.hits.map((hit) => (!compared || known.has(keyOf(hit)) ? hit : { ...hit, isNew: true }));
  const keys = hits.map(keyOf);
  const now = new Set(keys);
  return {
    ...search,
    ...found,
    hits,
    keys,
    // A list that was cut off says nothing about what is behind its end.
    gone: compared && !found.cut ? search.hits.filter((hit) => !now.has(keyOf(hit))) : [],
    when,
    error: undefined,
  };
}

/** What tells a hit from others, wherever edits above it move it. */
export function keyOf({ uri, name, summary }: KeptHit): string {
  return `${uri}\n${name}\n${summary}`;
}

/** The hits by file, the file with the best hit first, or by path and line. */
export function byFile(hits: readonly KeptHit[], order: Order): FileHits[] {
  const files = new Map<string, KeptHit[]>();
  for (const hit of hits) {
    const others = files.get(hit.uri);
    if (others === undefined) {
      files.set(hit.uri, [hit]);
    } else {
      others.push(hit);
    }
  }
  const found = [...files].map(([uri, of]) => ({ uri, hits: of }));
  if (order === 'path') {
    for (const file of found) {
      file.hits.sort((one, other) => one.line - other.line);
    }
    found.sort((one, other) => (one.uri < other.uri ? -1 : 1));
  }
  return found;
}

/** What outlives a restart. */
export function persisted(search: KeptSearch): KeptSearch {
  const bare = (hit: KeptHit): KeptHit => ({ ...hit, explanation: undefined });
  return { ...search, hits: search.hits.map(bare), gone: search.gone.map(bare), running: undefined };
}

function keptHit(hit: Hit): KeptHit {
  const { uri, range, line, summary, symbol, language, stale, preview, explanation } = hit;
  return {
    uri,
    range,
    line,
    text: preview.split('\n')[line - range.start.line] ?? '',
    summary,
    name: [symbol?.container, symbol?.name].filter(Boolean).join(symbol?.kind === 'section' ? ' > ' : '.'),
    kind: symbol?.kind ?? '',
    language,
    stale,
    words: (explanation?.words ?? []).filter(({ places }) => places.length > 0).map(({ word }) => word),
    explanation: explanation ?? undefined,
  };
}
