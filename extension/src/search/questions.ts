/** The questions that were asked in this workspace: for the list's suggestions, and to go on where it was left. */

import * as vscode from 'vscode';

const RECENT_KEY = 'semlens.recentSearches';
const MAX_RECENT = 8;
/** A longer selection is code to copy or to move, and no question. */
const MAX_SELECTION = 1_000;

/** How a list was left. */
export interface Left {
  text: string;
  /** The key of the item that the user moved to. */
  active?: string | undefined;
}

export class Questions {
  private left: Left | undefined;
  /** The selection that was the question of the list before. */
  private used = '';

  constructor(private readonly memory: vscode.Memento) {}

  /** Those that had hits, the latest first. */
  get recent(): readonly string[] {
    return this.memory.get<string[]>(RECENT_KEY, []);
  }

  answered(text: string): void {
    if (text !== this.recent[0]) {
      const latest = [text, ...this.recent.filter((other) => other !== text)].slice(0, MAX_RECENT);
      void this.memory.update(RECENT_KEY, latest);
    }
  }

  async forget(text: string): Promise<void> {
    await this.memory.update(
      RECENT_KEY,
      this.recent.filter((other) => other !== text),
    );
  }

  leave(left: Left): void {
    this.left = left;
  }

  /** The selected text. */
  selected(): Left {
    this.used = selectedText();
    return { text: this.used };
  }

  /** What the list opens with: the selected text, unless it was the question already; else what it was left with. */
  next(): Left | undefined {
    const selected = selectedText();
    if (selected === '' || selected === this.used) {
      return this.left;
    }
    this.used = selected;
    return { text: selected };
  }
}

/** The selection on one line; "" if it is none for a question. */
function selectedText(): string {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || editor.selections.length > 1) {
    return '';
  }
  const text = editor.document.getText(editor.selection).replace(/\s+/g, ' ').trim();
  return text.length <= MAX_SELECTION ? text : '';
}
