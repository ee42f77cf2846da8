/** The messages between the token view's page and the extension. Offsets are UTF-16 units of the shown text. */

import type { ShowTokensResult } from '../../protocol';

export type ToPage =
  | { kind: 'show'; result: ShowTokensResult; title: string; coloured: boolean }
  | { kind: 'problem'; text: string }
  /** The editor's selection; nothing if it is not in the shown text. */
  | { kind: 'cursor'; start?: number; end?: number }
  | { kind: 'coloured'; coloured: boolean };

export type FromPage =
  | { kind: 'ready' }
  | { kind: 'choose'; tokenizers: string[] }
  /** Show a token in the editor; nothing to show none. */
  | { kind: 'point'; start?: number; end?: number }
  | { kind: 'select'; start: number; end: number; focus: boolean }
  | { kind: 'colour' };
