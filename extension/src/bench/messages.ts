/** The messages between the page of a measurement and the extension. */

import type { BenchResult } from '../protocol';

export interface Measurement {
  folder: string;
  source: 'docstrings' | 'history';
  result: BenchResult;
  /** The name of the transformer in use. */
  inUse: string;
}

export interface ToPage {
  kind: 'show';
  measurement: Measurement;
}

export type FromPage = { kind: 'ready' } | { kind: 'use'; model: string };
