/** What a list of hits is opened with. */

import type * as vscode from 'vscode';
import type { Range, SearchResult } from '../protocol';
import type { KeptIn } from '../results/register';
import type { Complete } from './filterItems';
import type { HitItem } from './hitItem';
import type { NoteItem } from './hitNotes';
import type { Left } from './questions';
import type { Scopes } from './scopes';

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
  suggestions?: () => readonly NoteItem[];
  /** Buttons that change the filters of the question. */
  toggles?: readonly FilterToggle[];
  /** Scopes to choose for the question. */
  scopes?: Scopes;
  /** What the list opens with if it takes no other list's place; the text is selected. */
  start?: () => Left | undefined;
  /** The user has seen the hits for this text, and goes on with one of them, with another text, or elsewhere. */
  onAnswered?: (text: string) => void;
  onLeave?: (left: Left) => void;
  /** Shows the hits of a question in the results view or a search editor; undefined where they cannot be. */
  keep?: (text: string, into: KeptIn) => void;
  /** Shows a hit beside the code that it is like, which is in `source`. */
  compare?: (hit: HitItem, source: Range) => Promise<void>;
  /** Copies a hit, and returns a sentence that says so. */
  copy: (hit: HitItem) => Promise<string>;
}

/** A button that puts a filter into the question, or takes it out. */
export interface FilterToggle {
  name: 'tests' | 'folder';
  filter: string;
  icon: string;
  /** What it does, while the filter is not there and while it is. */
  tooltips: { off: string; on: string };
}

export interface Question {
  text: string;
  /** Wait for a model that is being loaded, instead of an answer without it. */
  wait: boolean;
  /** Have the server say why each hit is there, and why nothing is. */
  explain?: boolean;
}
