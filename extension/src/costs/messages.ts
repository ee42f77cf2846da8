/** What the treemap's page and the extension tell each other. */

import type { CostNode } from '../tokens/costTree';

export type ToPage =
  { kind: 'show'; root: CostNode; tokenizer: string; note: string } | { kind: 'failed'; message: string };

export type FromPage = { kind: 'ready' } | { kind: 'open'; path: string; toSide: boolean };
