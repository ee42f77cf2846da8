/** The messages between the page of a measurement and the extension. */

import type { BenchResult } from '../protocol';

export interface Measurement {
  folder: string;
  source: 'docstrings' | 'history';
  result: BenchResult;
}

export interface ToPage {
  kind: 'show';
  measurement: Measurement;
}

export interface FromPage {
  kind: 'ready';
}
