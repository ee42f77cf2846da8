/** What a list of hits is opened with. */

import type * as vscode from 'vscode';
import type { SearchResult } from '../protocol';
import type { Complete } from './filterItems';
import type { HitItem } from './hitItem';
import type { NoteItem } from './hitNotes';
import type { Left } from './questions';

export interface HitPickOptions {
  title: string;
  placeholder: string;
  /** Sends the request; with `asYouType`, again whenever the text changes. */
  ask: (question: Question, token: vscode.CancellationToken) => Promise<SearchResult>;
  /** Completes the filter at the end of a question. */
  complete?: Complete;
  asYouType: boolean;
  /** Typed in when the list opens. */
  text?: string;
  /** Shown while the text is empty. */
  suggestions?: readonly NoteItem[];
  /** What the list opens with if it takes no other list's place; the text is selected. */
  start?: () => Left | undefined;
  /** The user has seen the hits for this text, and goes on with one of them, with another text, or elsewhere. */
  onAnswered?: (text: string) => void;
  onLeave?: (left: Left) => void;
  /** Shows the hits of a question in the results view; undefined where they cannot be. */
  keep?: (text: string) => void;
  /** Copies a hit, and returns a sentence that says so. */
  copy: (hit: HitItem) => Promise<string>;
}

export interface Question {
  text: string;
  /** Wait for a model that is being loaded, instead of an answer without it. */
  wait: boolean;
  /** Have the server say why each hit is there, and why nothing is. */
  explain?: boolean;
}
