/**
 * Every custom message of the language server.
 *
 * Generated from server/semlens/protocol/editor by scripts/generate_protocol.py: do not edit.
 */

import { notification, request } from './server/message';

export interface BenchParams {
  /** The URI of a workspace folder. */
  folder: string;
  /** Docstrings of functions, or the messages of the folder's commits in git. */
  source?: 'docstrings' | 'history';
  /** Models besides the bundled one, by the absolute path of their folder or their name. */
  models?: string[];
  /** The most questions. */
  questions?: number;
  /** The most files, drawn at random. */
  files?: number;
  /** The most seconds for each model to embed. */
  seconds?: number;
  /** The token for reports of progress. */
  workDoneToken?: string | number | null;
}

export interface Measured {
  mean: number;
  low: number;
  high: number;
}

export interface BenchRow {
  /** Such as `lexical+instant`. */
  tiers: string;
  /** The mean reciprocal rank, from 0 to 1. */
  mrr: Measured;
  /** The share of questions whose answer is the first hit, from 0 to 1. */
  first: Measured;
  inFive: Measured;
  /** Null for tiers without a transformer. */
  model?: string | null;
  /** Spent on embedding, if that was measured for this row. */
  seconds?: number | null;
}

export interface BenchPair {
  tiers: string;
  otherTiers: string;
  /** By how much the first has the higher mean reciprocal rank. */
  mrr: Measured;
  /** Whether the interval has 0 in it: then these questions do not tell which one is better. */
  withinChance: boolean;
  model?: string | null;
  otherModel?: string | null;
}

export interface BenchResult {
  questions: number;
  files: number;
  chunks: number;
  rows: BenchRow[];
  pairs: BenchPair[];
  /** Sentences that say why figures of a model are missing. */
  problems: string[];
}

export interface CodePart {
  textDocument: TextDocument;
  /** An empty range is the definition around it, or else its line. */
  range: Range;
  /** The code, if the server does not have the document. */
  text?: string | null;
}

export interface CompareParams {
  one: CodePart;
  other: CodePart;
  /** Ask the deep tier's model, which may take seconds, rather than the instant one. */
  deep?: boolean;
}

export interface WordShare {
  /** Where it begins in its text, in UTF-16 units. */
  start: number;
  end: number;
  /** Below 0 for a word that makes the pieces less alike. */
  share: number;
}

export interface ComparedText {
  text: string;
  /** Where it is in its document. */
  range: Range;
  /** How many UTF-16 units of it the model sees. */
  seen: number;
  /** Its words in their order. Those that were not looked at are left out. */
  words: WordShare[];
}

export interface CompareResult {
  model: string;
  /** From -1 to 1. */
  cosine: number;
  /** The share of random pairs of the folder's chunks that are less alike, from 0 to 1. */
  percentile: number | null;
  /** How many chunks were paired. */
  chunks: number;
  /** Where the first bin of the histogram begins; the last one ends at 1. */
  lowest: number;
  /** How many of the pairs have each cosine. */
  histogram: number[];
  one: ComparedText;
  other: ComparedText;
}

export interface PackParams {
  /** As in a search. */
  query: string;
  /** The most tokens of the text, in o200k_base. */
  maxTokens?: number;
  /** The most passages. */
  limit?: number;
  /** Show as many passages as fit with all their lines, rather than a part of more of them. */
  whole?: boolean;
  /** URIs of workspace folders to search; all of them if left out. */
  folders?: string[] | null;
  /** Globs: search only files that match one of them. */
  include?: string[];
  /** Search only these languages, given by name or by a file's ending; all if empty. */
  languages?: string[];
}

export interface PackResult {
  text: string;
  tokens: number;
  /** The number of passages in the text. */
  shown: number;
  /** The number of passages that did not fit. */
  rest: number;
}

export interface ContextPlace {
  uri: string;
  /** 0-based. */
  startLine: number;
  /** 0-based and inclusive. */
  endLine: number;
  /** Whether it goes into the prompt. */
  chosen: boolean;
  /** Whether it comes before all others. */
  first: boolean;
}

export interface ContextParams {
  /** As in a search; empty for no search. */
  query?: string;
  /** The document with the code that comes first, if any, with the definitions that it uses. */
  textDocument?: TextDocument | null;
  /** The code in the document; an empty range stands for the definition around it. */
  range?: Range | null;
  /** The URI of a folder whose files are packed, source first, or to which the query is kept. */
  folder?: string | null;
  /** The pieces of an earlier answer, in its order: nothing is searched then. */
  places?: ContextPlace[] | null;
  /** The most tokens of the text. */
  maxTokens?: number;
  /** The tokenizer to count in; the first of the settings if left out. */
  tokenizer?: string | null;
  /** The most pieces. */
  limit?: number;
  /** URIs of workspace folders to search; all of them if left out. */
  folders?: string[] | null;
}

export interface ContextPiece {
  /** Of all of it. */
  place: ContextPlace;
  /** Its kind and its name; empty if it has none. */
  name: string;
  /** Of all of it. */
  tokens: number;
  shown: 'whole' | 'part' | 'signature' | 'none';
  /** About; 0 for a piece that another one holds. */
  shownTokens: number;
}

export interface ContextResult {
  /** Empty if nothing fits. */
  text: string;
  /** Never more than were asked for. */
  tokens: number;
  /** The tokenizer's name. */
  tokenizer: string;
  /** The best first. */
  pieces: ContextPiece[];
  /** The names of the tokenizers that can be used at once. */
  tokenizers: string[];
  /** What became of the question, such as a filter that leaves no file. */
  notices: Notice[];
  /** Whether nothing matches the question well. */
  weak: boolean;
}

export interface DuplicatesParams {
  /** URIs of workspace folders to look in; all of them if left out. Copies are looked for within each. */
  folders?: string[] | null;
  /** The most groups to return. */
  limit?: number;
}

export interface NearCopy {
  uri: string;
  range: Range;
  /** With the names of the definitions around it; empty if it has none. */
  name: string;
  /** Such as function or class; empty if it is not known. */
  kind: string;
  /** The 0-based line that has the name, or else the first one. */
  line: number;
  /** The text of `line`; empty if the file cannot be read. */
  text: string;
  /** Whether `range` is all of the definition that is named; else it is a part of it. */
  whole: boolean;
}

export interface NearCopyGroup {
  /** By path and line. */
  copies: NearCopy[];
  /** The least share of words in common of the pairs that make the group, from 0 to 1. */
  similarity: number;
  /** The lines that all but the longest of them have. */
  repeatedLines: number;
}

export interface DuplicatesResult {
  /** Those with the most repeated lines first. */
  groups: NearCopyGroup[];
  /** All groups, beyond the limit too. */
  total: number;
  /** Of all groups. */
  repeatedLines: number;
  /** The share of the code that is read so far, from 0 to 1. */
  coverage: number;
  /** The files that belong to the index: without one nothing was compared. */
  files: number;
}

export interface LineBlock {
  first: number;
  last: number;
}

export interface FileBlocks {
  uri: string;
  blocks: LineBlock[];
}

export interface ExcerptsParams {
  files: FileBlocks[];
}

export interface FileExcerpts {
  uri: string;
  /** One for each asked block, cut off at the end of the file; none if the file cannot be read. */
  blocks: string[][];
}

export interface ExcerptsResult {
  files: FileExcerpts[];
}

export type Presence = 'there' | 'gone' | 'away';

export interface KeptFolder {
  /** Its path without links; empty if the file that says it is lost. */
  folder: string;
  /** The name of its private folder, which tells it from all others. */
  place: string;
  /** The chunks of the index that was used last; null if it is unfinished or damaged. */
  chunks: number | null;
  /** What its indexes take. Vectors, which folders share, are not among it. */
  diskBytes: number;
  /** When it was opened last, in seconds since 1970; 0 if that is not known. */
  lastUsed: number;
  presence: Presence;
  /** Whether the engine has it open. */
  open: boolean;
  /** The names of the programs that follow it, such as `language server`. */
  followers: string[];
  /** Whether a model or images were chosen for it alone. */
  chosen: boolean;
  /** The URI of the editor's own folder, if the editor has it open. */
  uri?: string | null;
}

export type KeptFoldersParams = Record<string, never>;

export interface KeptFoldersResult {
  folders: KeptFolder[];
}

export interface ForgetParams {
  /** As in `KeptFolder`. */
  places: string[];
}

export interface ForgetResult {
  /** By how much Semlens's data have shrunk. */
  freedBytes: number;
  /** A sentence for each folder that is not forgotten, or whose files are not all deleted. */
  problems: string[];
}

export interface HitSymbol {
  name: string;
  /** Such as function, class or section. */
  kind: string;
  /** The dotted names of the definitions around it, if any. */
  container?: string | null;
}

export interface HitReason {
  /** The name of the signal. */
  name: string;
  /** The signal's share of the score. */
  value: number;
}

export interface HitCopy {
  uri: string;
  range: Range;
}

export interface WordMatch {
  /** As it is typed. */
  word: string;
  /** Empty if it stands nowhere in the hit. A docstring is a comment; a document or an image has no body. */
  places: ('name' | 'path' | 'comment' | 'body' | 'text')[];
}

export interface TierOpinion {
  tier: 'lexical' | 'instant' | 'deep' | 'second' | 'image';
  /** How well it finds the hit, beside the hit that it finds best. */
  strength: 'best' | 'strong' | 'fair' | 'weak' | 'none';
  /** A sentence. */
  text: string;
}

export interface Effect {
  signal: string;
  value: number;
  /** A sentence. */
  text: string;
}

export interface Explanation {
  /** One sentence. */
  summary: string;
  tiers: TierOpinion[];
  /** The question's words that carry meaning, in their order; none for a question in code. */
  words: WordMatch[];
  /** What raised the score beside the tiers, the most first. */
  gained: Effect[];
  /** What lowered the score, the most first. */
  lost: Effect[];
}

export interface Hit {
  uri: string;
  range: Range;
  score: number;
  language: string;
  /** The code as it is in the file or in the open document. */
  preview: string;
  /** Whether the file has changed and no longer has this code. */
  stale: boolean;
  /** The signals that make up the score. */
  reasons: HitReason[];
  /** The definition that the hit is in, if any. */
  symbol?: HitSymbol | null;
  /** The 0-based line that says best what the hit is: to show and to go to. It may be the one that names the symbol, outside of `range`. */
  line: number;
  /** The code of `line`, with the rest of its parameters. */
  summary: string;
  /** Other places with the same code on disk. */
  copies: HitCopy[];
  /** Set if the search asked for it. */
  explanation?: Explanation | null;
}

export type FolderState = 'empty' | 'indexing' | 'ready' | 'rebuilding' | 'paused' | 'error' | 'forgotten';

export interface ReindexParams {
  /** URIs of workspace folders; all of them if left out. */
  folders?: string[] | null;
  /** Read every file again, also unchanged ones. */
  full?: boolean;
  /** The token for reports of progress. */
  workDoneToken?: string | number | null;
}

export interface Report {
  /** Files in the index. */
  files: number;
  /** Chunks in the index. */
  chunks: number;
  /** Files added. */
  added: number;
  /** Files changed. */
  changed: number;
  /** Files removed. */
  removed: number;
  /** Files left out. */
  skipped: number;
  /** Chunks embedded anew. */
  embedded: number;
  /** Chunks whose vectors were known. */
  reused: number;
  /** How long it took. */
  seconds: number;
  /** Why some of the folders were not indexed, in sentences; the others were. */
  problems: string[];
}

export type StatusParams = Record<string, never>;

export interface FolderStatus {
  uri: string;
  state: FolderState;
  /** Files in the index. */
  files: number;
  /** Chunks in the index. */
  chunks: number;
  /** Files left out. */
  skipped: number;
  coverage: Coverage;
  /** A sentence for the user, such as an error. */
  message?: string | null;
  /** Whether the message says no more than the coverage does. */
  repeats: boolean;
}

export interface EngineStatus {
  /** The process id. */
  pid: number;
  /** The version of Semlens that it runs. */
  version: string;
  /** Its memory in bytes. */
  memoryBytes: number;
}

export interface ModelStatus {
  /** The tier that uses the model. */
  tier: 'instant' | 'deep' | 'rerank' | 'image';
  /** The model's name. */
  name: string;
  state: 'loaded' | 'idle' | 'loading' | 'off' | 'error';
  /** A sentence for the user, such as an error. */
  message?: string | null;
  /** Of a model that is no open folder's first one: a second one, or one that none uses, as after a test. */
  role?: 'second' | 'unused' | null;
}

export interface StatusResult {
  folders: FolderStatus[];
  /** Null if no engine runs. */
  engine: EngineStatus | null;
  models: ModelStatus[];
  /** How the team's server is, in sentences; empty without a team. */
  team: string[];
}

export interface WhyParams {
  textDocument: TextDocument;
}

export interface WhyResult {
  indexed: boolean;
  /** A predicate, such as `is larger than 1 MB`. */
  reason: string;
  /** The ignore rule that decides, if any. */
  rule?: string | null;
  /** The file with the rule. */
  file?: string | null;
  /** The 1-based line of the rule. */
  line?: number | null;
  /** A sentence that says how to let the file in, if something does. */
  remedy?: string | null;
}

export interface LeftOutParams {
  /** The URI of a folder in the workspace. */
  folder: string;
  /** The most files to return. */
  limit?: number;
}

export interface LeftOutFile {
  uri: string;
  /** Relative to the folder that was asked about. */
  path: string;
  /** A predicate, such as `is larger than 1 MB`. */
  reason: string;
  /** The ignore rule that decides, if any. */
  rule?: string | null;
  /** The file with the rule. */
  file?: string | null;
  /** The 1-based line of the rule. */
  line?: number | null;
}

export interface LeftOutResult {
  files: LeftOutFile[];
  /** All of them, beyond the limit too. */
  total: number;
}

export interface SplitCodeParams {
  /** The URI of a folder in the workspace. */
  folder: string;
  /** The most definitions to return. */
  limit?: number;
}

export interface SplitDefinition {
  uri: string;
  /** Relative to the folder that was asked about. */
  path: string;
  /** With the names of the definitions around it. */
  name: string;
  /** Such as function or section. */
  kind: string;
  /** The 0-based first line. */
  line: number;
  /** The number of lines. */
  lines: number;
  chunks: number;
}

export interface UnseenText {
  uri: string;
  /** Relative to the folder that was asked about. */
  path: string;
  /** 0-based. */
  line: number;
  /** The parts that are seen. */
  parts: number;
}

export interface SplitCodeResult {
  /** Most chunks first. */
  definitions: SplitDefinition[];
  /** All definitions that are seen in several chunks, beyond the limit too. */
  total: number;
  /** By path. */
  unseen: UnseenText[];
}

export interface PauseParams {
  paused: boolean;
}

export interface PauseResult {
  paused: boolean;
}

export interface NetworksParams {
  /** The URI of a workspace folder. */
  folder: string;
}

export interface Network {
  name: string;
  /** Whether it is the transformer of the deep tier; else it is the table of the instant tier. */
  deep: boolean;
  /** The numbers that it has learned. */
  parameters: number;
  /** Those of them that are the table of its vocabulary. */
  table: number;
  /** How many numbers are the vector of a text. */
  dimension: number;
  /** How many different tokens it knows. */
  vocabulary: number;
  /** The strategy of its tokenizer, such as WordPiece. */
  tokenizer: string;
  /** How the vectors of tokens become that of a text: `mean`, `cls`, `sum` … */
  pooling: string;
  /** Bytes of its files. */
  size: number;
  layers?: number | null;
  /** Of attention, in each layer. */
  heads?: number | null;
  /** The most tokens that it reads at once; null for any number. */
  window?: number | null;
  licence?: string | null;
}

export interface NetworksResult {
  /** The instant tier's first. */
  networks: Network[];
  /** How many chunks of the folder they read. */
  chunks: number;
  /** How many definitions are too long for the transformer to read at once, and are several chunks. */
  split: number;
}

export interface SpeedParams {
  /** The URI of a workspace folder. */
  folder: string;
  /** The transformer, which may have to be loaded first; else the instant tier's table. */
  deep: boolean;
}

export interface SpeedResult {
  /** How many chunks, drawn at random. */
  chunks: number;
  /** How many tokens they have. */
  tokens: number;
  seconds: number;
}

export interface WordInContextParams {
  /** The URI of a workspace folder, whose models are asked. */
  folder: string;
  word: string;
  /** The sentences, two or more. */
  texts: string[];
}

export interface WordInTwo {
  /** The place of a sentence among those asked for. */
  one: number;
  other: number;
  /** To the instant tier's table. */
  static: number;
  /** To the transformer: what goes into its first layer, then what comes out of each. */
  layers: number[];
}

export interface WordInContextResult {
  /** Each two sentences that have the word. */
  pairs: WordInTwo[];
  /** The sentences that do not have it. */
  missing: number[];
}

export interface MapParams {
  /** The URI of a folder in the workspace. */
  folder: string;
  /** Lay out everything again; else known code stays where it was. */
  again?: boolean;
  /** The token for reports of progress. */
  workDoneToken?: string | number | null;
}

export interface MapCluster {
  /** Its telling words; empty if no word tells it from the others. */
  name: string;
  size: number;
  x: number;
  /** Its middle. */
  y: number;
}

export interface MapResult {
  points: number;
  /** 32-bit floats: x and y of each point. */
  positions: string;
  /** 32-bit unsigned integers: the place in `paths` of each point's file. */
  files: string;
  /** 32-bit unsigned integers: the first and the last line of each point, 0-based. */
  lines: string;
  /** 16-bit integers: the place in `cluster_list` of each point's cluster, or -1. */
  clusters: string;
  /** Bytes: the place in `kind_list` of each point's kind. */
  kinds: string;
  /** The dotted name of each point. */
  names: string[];
  /** Kinds of definitions, such as `function`. */
  kindList: string[];
  /** Relative to the folder. */
  paths: string[];
  /** The language of each path. */
  languages: string[];
  /** When the file at each path was last changed, in seconds since the epoch. */
  changed: number[];
  /** The largest first. */
  clusterList: MapCluster[];
  /** Points that were placed among the others, since all were laid out. */
  placed: number;
  /** Whether a better model than the one that laid them out has read all of the code by now. */
  outdated: boolean;
  /** Whether all files are in the index: false while it is being made. */
  complete: boolean;
}

export interface NearParams {
  /** The URI of a folder in the workspace. */
  folder: string;
  /** Relative to the folder. */
  path: string;
  /** The first line of the point, 0-based. */
  line: number;
}

export interface NearDefinition {
  path: string;
  name: string;
  /** 0-based. */
  line: number;
  cosine: number;
  /** Words of both that make them alike, those that do most first. */
  words: string[];
}

export interface NearResult {
  /** The most alike first; none if the definition is no longer there. */
  near: NearDefinition[];
}

export type ModelsParams = Record<string, never>;

export interface IndexedFolder {
  /** The absolute path; empty if it is not known any more. */
  folder: string;
  /** Whether this index is the one that answers, or answered last. */
  answers: boolean;
  /** The different texts of its chunks. */
  texts: number;
  /** The share of them that has a vector of the model, from 0 to 1. */
  embedded: number;
  diskBytes: number;
}

export interface ModelQuality {
  /** The absolute path. */
  folder: string;
  /** Where the questions came from; `training`: held-back code, at the end of a training. */
  source: 'docstrings' | 'history' | 'training';
  questions: number;
  /** Pieces of code that were searched. */
  chunks: number;
  /** The mean reciprocal rank, from 0 to 1. */
  mrr: Measured;
  /** When, in seconds since 1970. */
  at: number;
}

export interface InstalledModel {
  tier: 'instant' | 'deep' | 'image' | 'rerank';
  name: string;
  /** Vectors with the same fingerprint are comparable. A cross-encoder makes none. */
  fingerprint: string;
  /** Whether its files are there, and make these very vectors. */
  installed: boolean;
  /** How many are kept, for all folders together. */
  vectors: number;
  /** About how much of the disk they take. */
  vectorBytes: number;
  folders: IndexedFolder[];
  /** Whether a setting names it or an open folder uses it; others can be removed. */
  wanted: boolean;
  /** About how much of the disk comes free if it is removed. */
  removableBytes: number;
  /** Whether these are vectors of code in words, as a second model makes them. */
  inWords: boolean;
  dimension?: number | null;
  /** What the setting `semlens.model` calls it, or `semlens.instantModel`, or `semlens.rerankModel`. */
  setting?: string | null;
  /** The most tokens that it sees; null also for a model that sees any number. */
  window?: number | null;
  tokenizer?: string | null;
  vocabulary?: number | null;
  pooling?: string | null;
  licence?: string | null;
  /** Bytes of its files. */
  size?: number | null;
  /** Whether it was trained here: then its files go, too, when it is removed by its name. */
  trained: boolean;
  /** Pieces of code that it embeds in a second on this machine; null if it was never seen at work. */
  pace?: number | null;
  /** Its last measurement on each folder, the newest first. */
  measured: ModelQuality[];
}

export interface ModelsResult {
  /** Those that are wanted first. */
  models: InstalledModel[];
}

export interface VerifyModelParams {
  fingerprint: string;
}

export interface VerifyModelResult {
  /** A sentence if they are not. */
  problem?: string | null;
}

export interface RemoveModelParams {
  fingerprint: string;
}

export interface RemoveModelResult {
  freedBytes: number;
}

export interface EstimateModelParams {
  /** As the setting `semlens.model` names it. */
  model: string;
  /** As the second model, which reads the code in words. */
  second?: boolean;
}

export interface EstimateModelResult {
  /** The different texts of the code. */
  texts: number;
  /** Those that the model has not read yet. */
  unread: number;
  /** About how long it takes to read them. */
  seconds: number;
  /** About how much of the disk it takes. */
  diskBytes: number;
}

export interface Position {
  /** 0-based. */
  line: number;
  /** The 0-based column, in UTF-16 units. */
  character: number;
}

export interface Range {
  start: Position;
  /** The end is not part of the range. */
  end: Position;
}

export interface TextDocument {
  uri: string;
}

export type QueryKind = 'auto' | 'text' | 'code' | 'symbol';

export interface SearchParams {
  /** Words, code or a symbol's name, with filters such as `path:` and `lang:`. */
  query: string;
  /** The most hits to return. */
  limit?: number;
  /** URIs of workspace folders to search; all of them if left out. */
  folders?: string[] | null;
  /** Globs: search only files that match one of them. */
  include?: string[];
  /** Globs: search no files that match one of them. */
  exclude?: string[];
  /** Search only these languages, given by name or by a file's ending; all if empty. */
  languages?: string[];
  /** True searches only tests, false no tests; both if left out. */
  tests?: boolean | null;
  /** How to read the query; `auto` decides by its form. */
  kind?: QueryKind;
  /** The ways to search that answer; all together if empty. */
  tiers?: ('lexical' | 'instant' | 'deep' | 'second' | 'image')[];
  /** Wait some seconds for a model to load rather than answer without it. */
  wait?: boolean;
  /** Say why each hit is where it is, and why nothing matches if nothing does. */
  explain?: boolean;
}

export interface SimilarParams {
  textDocument: TextDocument;
  /** The part to compare with. */
  range: Range;
  /** The most hits to return. */
  limit?: number;
  /** URIs of workspace folders to search; all of them if left out. */
  folders?: string[] | null;
  /** Globs: search only files that match one of them. */
  include?: string[];
  /** Globs: search no files that match one of them. */
  exclude?: string[];
  /** Search only these languages, given by name or by a file's ending; all if empty. */
  languages?: string[];
  /** True searches only tests, false no tests; both if left out. */
  tests?: boolean | null;
  /** Wait some seconds for a model to load rather than answer without it. */
  wait?: boolean;
  /** Say why each hit is where it is, and why nothing matches if nothing does. */
  explain?: boolean;
}

export interface Coverage {
  /** Files in the index. */
  files: number;
  /** Chunks in the index. */
  chunks: number;
  /** The share of the chunks, from 0 to 1. */
  lexical: number;
  /** The share of the chunks, from 0 to 1. */
  instant: number;
  /** The share of the chunks, from 0 to 1. */
  deep: number;
  /** The share that the index on the team's server has, as a sample of the chunks says; 0 without one. */
  shared: number;
  /** The share that the second model has read; null without one. */
  second?: number | null;
}

export interface Notice {
  /** One or more sentences. */
  text: string;
  /** A question to ask instead, if one is likely to be meant. */
  query?: string | null;
}

export interface LeftOutCount {
  /** The predicate of a sentence: "is ignored by git". */
  reason: string;
  /** How many files and folders it holds for. */
  count: number;
}

export interface Shortfall {
  /** A sentence: what was searched. */
  searched: string;
  /** A sentence: how far the index is; empty if it is as far as it will be, and nothing was searched. */
  progress: string;
  /** What is not in the index, the most frequent reason first. */
  leftOut: LeftOutCount[];
  /** The words of the question that stand in no file. */
  unknown: string[];
  /** Good hits that the filters keep out, the best first. */
  outside: Hit[];
  /** A sentence: one thing to try. */
  advice: string;
  /** The question that the advice proposes, if it is another question. */
  instead?: string | null;
}

export interface SearchResult {
  /** The best one first. */
  hits: Hit[];
  /** How much of the searched folders is indexed. */
  coverage: Coverage;
  /** How long the search took, in milliseconds. */
  elapsedMs: number;
  /** Whether a model is being loaded or has not read all of the first hits: ask again with `wait`. */
  partial: boolean;
  /** What became of the question, such as a filter that leaves no file. */
  notices: Notice[];
  /** Whether nothing matches the question well. */
  weak: boolean;
  /** Why, if the search asked for it and nothing matches well. */
  shortfall?: Shortfall | null;
  /** Of a search for similar code: the lines that the hits are like. */
  source?: Range | null;
}

export interface CompleteParams {
  /** The question up to where the user types. */
  query: string;
  /** URIs of workspace folders to search; all of them if left out. */
  folders?: string[] | null;
}

export interface Completion {
  /** The filter, such as `lang:python`. */
  label: string;
  /** What it leaves, such as `12 files`. */
  detail: string;
  /** The question with the completed filter. */
  query: string;
}

export interface CompleteResult {
  /** The most likely one first. */
  completions: Completion[];
}

export type TeamAccess = 'off' | 'read' | 'readWrite';

export interface TeamParams {
  /** The server's address. */
  url?: string | null;
  tenant?: string | null;
  database?: string | null;
  access?: TeamAccess | null;
  /** The header for the token, if it is not the usual one. */
  header?: string | null;
  /** The path of certificates to trust besides the system's. */
  caFile?: string | null;
  token?: string | null;
  /** The team's secret. */
  secret?: string | null;
  /** The user has agreed to what is sent to the server at `url`. */
  agree?: boolean;
  /** Forget the team, and that the user has agreed. */
  leave?: boolean;
}

export interface TeamResult {
  /** Empty without a team. */
  url: string;
  host: string;
  inUse: boolean;
  /** Whether the user is to be asked for consent before anything is sent. */
  asks: boolean;
  /** What they agree to: a sentence, then each thing that is sent, then a sentence. */
  consent: string[];
  /** How the team is, in sentences. */
  lines: string[];
  /** Why the server is not used, or not fully. */
  message?: string | null;
}

export interface TeamSearchParams {
  /** The URI of a workspace folder. */
  folder: string;
  on?: boolean | null;
  /** Give the server the folder's vectors, for the team to search. */
  gives?: boolean;
  /** What the team calls the repository, if it has no remote address. */
  repository?: string;
}

export interface TeamSearchResult {
  host: string;
  /** Whether the team's server is asked for anything. */
  inUse: boolean;
  on: boolean;
  gives: boolean;
  /** Whether the user gives the server vectors at all. */
  mayGive: boolean;
  /** What the user agrees to: a sentence, then each thing that is sent, then a sentence. */
  consent: string[];
  /** The same, if the server gets the folder's vectors, too. */
  consentOfGiving: string[];
  /** Why the server is not used, or not fully. */
  message?: string | null;
}

export interface TokensParams {
  /** The document to count. */
  textDocument?: TextDocument | null;
  /** The part of the document to count; all of it if left out. */
  range?: Range | null;
  /** The text to count, if there is no document. */
  text?: string | null;
}

export interface TokenCount {
  /** The tokenizer's name. */
  tokenizer: string;
  tokens: number;
  /** The most tokens of one text that the model reads, if there is such a limit. */
  limit?: number | null;
  /** Why there is no count, in a sentence. */
  problem?: string | null;
  /** The most tokens that the model reads at once, with special tokens, if that is known. */
  window?: number | null;
  /** The model that has this window, where models with different windows share the tokenizer. */
  windowOf?: string | null;
}

export interface TokensResult {
  /** One count for each tokenizer, the embedding model's first. */
  counts: TokenCount[];
  /** The number of chunks that the text is cut into for the embedding model. */
  chunks: number;
  /** Whether the embedding model does not see all of the text: some line is longer than all the parts that it may be cut into. A text that takes several chunks is not truncated. */
  truncated: boolean;
}

export interface ShowTokensParams {
  /** The document to cut. */
  textDocument?: TextDocument | null;
  /** The part to cut. An empty range is the definition around it, or else the whole document; so is none. */
  range?: Range | null;
  /** The text to cut, if the server does not have the document. */
  text?: string | null;
  /** One tokenizer, or two to compare; the first one of the settings if empty. */
  tokenizers?: string[];
}

export interface TokenName {
  id: number;
  /** With the marks of its strategy, such as `##ing`. */
  text: string;
  /** Whether the token is a part of a character: `text` is its bytes then, in hexadecimal. */
  bytes: boolean;
}

export interface TokenView {
  tokenizer: string;
  /** Such as WordPiece or byte-level BPE. */
  strategy: string;
  /** The number of different tokens; null where there is no vocabulary. */
  vocabulary: number | null;
  /** The number of tokens, without those of `before` and `after`. */
  tokens: number;
  /** Where each piece begins in the text, in UTF-16 units; it ends where the next begins. */
  starts: number[];
  /** How many tokens each piece became: one, several parts of a character, or none. */
  counts: number[];
  /** The token's number in the vocabulary, piece by piece; -1 where there is none. */
  ids: number[];
  /** The tokens that are not written in the vocabulary as they stand in the text. */
  names: TokenName[];
  /** The pieces, by their place in `starts`, that became a special token. */
  special: number[];
  /** The pieces that the other tokenizer cuts in another way. */
  differs: number[];
  /** The ids of the special tokens that the model puts before the text. */
  before: number[];
  /** The ids of the special tokens that the model puts behind the text. */
  after: number[];
  /** What the strategy did with this text, in a few sentences. */
  lesson: string;
  /** Why there are no tokens, in a sentence. */
  problem?: string | null;
}

export interface NamedTokenizer {
  name: string;
  /** The models that cut their texts with it. */
  models: string;
  /** Whether it can be used at once. */
  here: boolean;
  /** To download, if it is not here. */
  megabytes: number;
  /** Of the file to download. */
  licence: string;
}

export interface ShowTokensResult {
  /** The text that was cut. */
  text: string;
  /** The part of the document that the text is; null for the whole document. */
  range: Range | null;
  /** Whether the text is only the beginning of what was asked for. */
  longer: boolean;
  /** One for each tokenizer. */
  views: TokenView[];
  choices: NamedTokenizer[];
}

export interface CountParams {
  /** The document to count. */
  textDocument?: TextDocument | null;
  /** The parts of the document to count; all of it if left out. */
  ranges?: Range[];
  /** The text to count, if there is no document. */
  text?: string | null;
  /** Count in these tokenizers rather than in those of the settings. */
  tokenizers?: string[] | null;
}

export interface CountResult {
  /** One count for each tokenizer, the embedding model's first. */
  counts: TokenCount[];
}

export interface DefinitionsParams {
  textDocument: TextDocument;
}

export interface DefinitionTokens {
  /** With the names of the definitions around it. */
  name: string;
  /** The 0-based line that has the name. */
  line: number;
  /** The first line, with decorators, 0-based. */
  startLine: number;
  /** The last line, 0-based. */
  endLine: number;
  tokens: number;
}

export interface DefinitionsResult {
  /** The tokenizer's name. */
  tokenizer: string;
  /** In the order of the document; a member after what it is in. */
  definitions: DefinitionTokens[];
}

export type TokenizersParams = Record<string, never>;

export interface TokenizersResult {
  /** Those of Semlens first, those trained here last. */
  tokenizers: NamedTokenizer[];
}

export interface HoverParams {
  textDocument: TextDocument;
  position: Position;
  /** The selection that the position is in, if any: the answer is about it. */
  selection?: Range | null;
}

export interface HoverResult {
  /** Markdown, without links; empty if there is nothing to say here. */
  text: string;
  /** The code to highlight, if it is at the position. */
  range?: Range | null;
  /** The definition or the selection that was counted. */
  about?: Range | null;
}

export interface CostParams {
  /** The URI of a folder in the workspace. */
  folder: string;
  /** The tokenizer to count in; the first of the settings if left out. */
  tokenizer?: string | null;
  /** The token for reports of progress. */
  workDoneToken?: string | number | null;
}

export interface FileCost {
  /** Relative to the counted folder. */
  path: string;
  tokens: number;
}

export interface CostResult {
  /** The tokenizer's name. */
  tokenizer: string;
  /** The sum of all files. */
  tokens: number;
  /** Every file of the folder that belongs to the index. */
  files: FileCost[];
  /** The number of files and folders left out. */
  skipped: number;
  /** Whether all files were counted: false while the index is being made. */
  complete: boolean;
}

export type TrainingKind = 'instant' | 'deep';

export type TrainingState = 'none' | 'running' | 'waiting' | 'paused' | 'done' | 'failed';

export type TrainingStage = 'files' | 'commits' | 'before' | 'learning' | 'writing' | 'after';

export type TrainingAct = 'pause' | 'resume' | 'stop' | 'keep' | 'discard';

export interface TrainingPairs {
  docstring: number;
  name: number;
  history: number;
  /** Left out, as near copies of held-back code. */
  copies: number;
  /** Held-back questions that choose the best weights. */
  watched: number;
  /** Held-back questions that are asked at the end alone, and decide. */
  deciding: number;
  /** Files that teach. */
  files: number;
  heldBackFiles: number;
}

export interface TrainingLoss {
  step: number;
  /** The mean since the point before. */
  loss: number;
}

export interface TrainingScore {
  step: number;
  /** The mean reciprocal rank, from 0 to 1. */
  mrr: number;
  /** The share of questions whose code is among the first five, from 0 to 1. */
  recall: number;
}

export interface TrainingOutcome {
  questions: number;
  texts: number;
  /** Mean reciprocal rank. */
  before: Measured;
  after: Measured;
  gain: Measured;
  recallBefore: number;
  recallAfter: number;
  /** Whether the gain is more than chance. */
  better: boolean;
  mayBeKept: boolean;
}

export interface TrainingStatus {
  state: TrainingState;
  folder: string;
  kind: TrainingKind;
  /** The model that is trained further. */
  base: string;
  /** Of the new model. */
  name: string;
  stage: TrainingStage;
  done: number;
  /** Of the stage; 0 while it is not known. */
  total: number;
  /** Spent on learning. */
  seconds: number;
  /** Of all stages, about. */
  secondsLeft?: number | null;
  pairs: TrainingPairs;
  losses: TrainingLoss[];
  scores: TrainingScore[];
  /** The learning step with the best score so far; 0 if there is none yet. */
  best: number;
  outcome?: TrainingOutcome | null;
  /** A sentence: why it waits, is paused or has failed. */
  message?: string | null;
}

export interface StartTrainingParams {
  /** The URI of a workspace folder. */
  folder: string;
  kind: TrainingKind;
  /** The most minutes of learning. */
  minutes?: number;
}

export type TrainingParams = Record<string, never>;

export interface ActOnTrainingParams {
  act: TrainingAct;
  /** Keep a model whose gain is within chance. */
  anyway?: boolean;
}

export const searchMessage = request<SearchParams, SearchResult>('semlens/search');

export const similarMessage = request<SimilarParams, SearchResult>('semlens/similar');

export const compareMessage = request<CompareParams, CompareResult>('semlens/compare');

export const completeMessage = request<CompleteParams, CompleteResult>('semlens/complete');

export const duplicatesMessage = request<DuplicatesParams, DuplicatesResult>('semlens/duplicates');

export const excerptsMessage = request<ExcerptsParams, ExcerptsResult>('semlens/excerpts');

export const packMessage = request<PackParams, PackResult>('semlens/pack');

export const contextMessage = request<ContextParams, ContextResult>('semlens/context');

export const reindexMessage = request<ReindexParams, Report>('semlens/reindex');

export const keptFoldersMessage = request<KeptFoldersParams, KeptFoldersResult>('semlens/keptFolders');

export const forgetMessage = request<ForgetParams, ForgetResult>('semlens/forget');

export const statusMessage = request<StatusParams, StatusResult>('semlens/status');

export const tokensMessage = request<TokensParams, TokensResult>('semlens/tokens');

export const showTokensMessage = request<ShowTokensParams, ShowTokensResult>('semlens/showTokens');

export const costMessage = request<CostParams, CostResult>('semlens/cost');

export const mapMessage = request<MapParams, MapResult>('semlens/map');

export const mapNearMessage = request<NearParams, NearResult>('semlens/mapNear');

export const countMessage = request<CountParams, CountResult>('semlens/count');

export const definitionsMessage = request<DefinitionsParams, DefinitionsResult>('semlens/definitions');

export const hoverMessage = request<HoverParams, HoverResult>('semlens/hover');

export const tokenizersMessage = request<TokenizersParams, TokenizersResult>('semlens/tokenizers');

export const whyMessage = request<WhyParams, WhyResult>('semlens/why');

export const leftOutMessage = request<LeftOutParams, LeftOutResult>('semlens/leftOut');

export const splitCodeMessage = request<SplitCodeParams, SplitCodeResult>('semlens/splitCode');

export const teamMessage = request<TeamParams, TeamResult>('semlens/team');

export const teamSearchMessage = request<TeamSearchParams, TeamSearchResult>('semlens/teamSearch');

export const pauseMessage = request<PauseParams, PauseResult>('semlens/pause');

export const modelsMessage = request<ModelsParams, ModelsResult>('semlens/models');

export const estimateModelMessage = request<EstimateModelParams, EstimateModelResult>('semlens/estimateModel');

export const verifyModelMessage = request<VerifyModelParams, VerifyModelResult>('semlens/verifyModel');

export const removeModelMessage = request<RemoveModelParams, RemoveModelResult>('semlens/removeModel');

export const benchMessage = request<BenchParams, BenchResult>('semlens/bench');

export const startTrainingMessage = request<StartTrainingParams, TrainingStatus>('semlens/startTraining');

export const trainingMessage = request<TrainingParams, TrainingStatus>('semlens/training');

export const actOnTrainingMessage = request<ActOnTrainingParams, TrainingStatus>('semlens/actOnTraining');

export const networksMessage = request<NetworksParams, NetworksResult>('semlens/networks');

export const speedMessage = request<SpeedParams, SpeedResult>('semlens/speed');

export const wordInContextMessage = request<WordInContextParams, WordInContextResult>('semlens/wordInContext');

export const statusChangedMessage = notification<FolderStatus>('semlens/statusChanged');
