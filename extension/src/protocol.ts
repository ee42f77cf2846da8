/**
 * Every custom message of the language server.
 *
 * Generated from server/semlens/protocol/editor.py by scripts/generate_protocol.py: do not edit.
 */

import { NotificationType, RequestType } from 'vscode-languageclient/node';

export type QueryKind = 'auto' | 'text' | 'code' | 'symbol';

export type FolderState = 'empty' | 'indexing' | 'ready' | 'rebuilding' | 'paused' | 'error';

export interface Position {
  line: number;
  character: number;
}

export interface Range {
  start: Position;
  end: Position;
}

export interface TextDocument {
  uri: string;
}

export interface SearchParams {
  query: string;
  limit?: number;
  /** URIs; every workspace folder when left out. */
  folders?: string[] | null;
  include?: string[];
  exclude?: string[];
  /** By name or by a file's ending. */
  languages?: string[];
  /** Only tests, no tests, or both. */
  tests?: boolean | null;
  kind?: QueryKind;
  /** Rather wait some seconds than answer without a model that is being loaded. */
  wait?: boolean;
}

export interface SimilarParams {
  textDocument: TextDocument;
  range: Range;
  limit?: number;
  folders?: string[] | null;
  include?: string[];
  exclude?: string[];
  languages?: string[];
  tests?: boolean | null;
  wait?: boolean;
}

export interface HitSymbol {
  name: string;
  kind: string;
  container?: string | null;
}

export interface HitReason {
  name: string;
  value: number;
}

export interface HitCopy {
  uri: string;
  range: Range;
}

export interface Hit {
  uri: string;
  range: Range;
  score: number;
  language: string;
  preview: string;
  stale: boolean;
  reasons: HitReason[];
  symbol?: HitSymbol | null;
  /** Where else the same code stands, as it is on disk. */
  copies: HitCopy[];
}

export interface Coverage {
  files: number;
  chunks: number;
  lexical: number;
  instant: number;
  deep: number;
}

export interface SearchResult {
  hits: Hit[];
  coverage: Coverage;
  elapsedMs: number;
  /** Whether a model is still being loaded: asked again with `wait`, the answer may be better. */
  partial: boolean;
}

export interface ReindexParams {
  folders?: string[] | null;
  full?: boolean;
  workDoneToken?: string | number | null;
}

export interface Report {
  files: number;
  chunks: number;
  added: number;
  changed: number;
  removed: number;
  skipped: number;
  embedded: number;
  reused: number;
  seconds: number;
}

export type StatusParams = Record<string, never>;

export interface FolderStatus {
  uri: string;
  state: FolderState;
  files: number;
  chunks: number;
  skipped: number;
  coverage: Coverage;
  message?: string | null;
}

export interface EngineStatus {
  pid: number;
  version: string;
  memoryBytes: number;
}

export interface ModelStatus {
  tier: 'instant' | 'deep' | 'rerank';
  name: string;
  state: 'loaded' | 'idle' | 'loading' | 'off' | 'error';
  message?: string | null;
}

export interface StatusResult {
  folders: FolderStatus[];
  engine: EngineStatus | null;
  models: ModelStatus[];
}

export interface TokensParams {
  textDocument?: TextDocument | null;
  range?: Range | null;
  text?: string | null;
}

export interface TokenCount {
  tokenizer: string;
  tokens: number;
  /** The most tokens of one text that the model sees, where it has such a limit. */
  limit?: number | null;
}

export interface TokensResult {
  /** The embedding model's first. */
  counts: TokenCount[];
  /** The number of chunks in which the embedding model sees the text. */
  chunks: number;
  /** Whether the embedding model does not see all of the text: some line is longer than all the parts that it may be cut into. A text that takes several chunks is not truncated. */
  truncated: boolean;
}

export interface CostParams {
  /** The URI of a folder in the workspace. */
  folder: string;
  workDoneToken?: string | number | null;
}

export interface FileCost {
  /** Relative to the folder that was asked about. */
  path: string;
  tokens: number;
}

export interface CostResult {
  tokenizer: string;
  tokens: number;
  /** Those that belong to the index. */
  files: FileCost[];
  /** Files and folders that were left out. */
  skipped: number;
}

export interface WhyParams {
  textDocument: TextDocument;
}

export interface WhyResult {
  indexed: boolean;
  reason: string;
  rule?: string | null;
  file?: string | null;
  line?: number | null;
}

export interface PauseParams {
  paused: boolean;
}

export interface PauseResult {
  paused: boolean;
}

export const searchMessage = new RequestType<SearchParams, SearchResult, void>('semlens/search');

export const similarMessage = new RequestType<SimilarParams, SearchResult, void>('semlens/similar');

export const reindexMessage = new RequestType<ReindexParams, Report, void>('semlens/reindex');

export const statusMessage = new RequestType<StatusParams, StatusResult, void>('semlens/status');

export const tokensMessage = new RequestType<TokensParams, TokensResult, void>('semlens/tokens');

export const costMessage = new RequestType<CostParams, CostResult, void>('semlens/cost');

export const whyMessage = new RequestType<WhyParams, WhyResult, void>('semlens/why');

export const pauseMessage = new RequestType<PauseParams, PauseResult, void>('semlens/pause');

export const statusChangedMessage = new NotificationType<FolderStatus>('semlens/statusChanged');
