/** The messages between the page of a training and the extension. */

import type { ActOnTrainingParams, TrainingStatus } from '../protocol';

export type Act = ActOnTrainingParams['act'];

export interface ToPage {
  kind: 'show';
  training: TrainingStatus;
}

export type FromPage = { kind: 'ready' } | { kind: 'act'; act: Act };
