/** When to ask about text that is being typed, and how soon to show what answers it. */

const ASK_AFTER_MS = 120;
/** Who types without a pause sees the hits change this often. */
const ASK_WITHIN_MS = 300;
const SHOW_AFTER_MS = 60;
/** Files that pass by in the editor while one types would be in the way. */
const SHOW_AFTER_TYPING_MS = 350;

export class Pace {
  private timer: NodeJS.Timeout | undefined;
  private typedAt = 0;
  private unaskedSince: number | undefined;

  /** Whether there is text that nothing has been asked about yet. */
  get hasUnasked(): boolean {
    return this.unaskedSince !== undefined;
  }

  /** How long to wait before a file is shown. */
  get showAfter(): number {
    return Math.max(SHOW_AFTER_MS, this.typedAt + SHOW_AFTER_TYPING_MS - Date.now());
  }

  /** Have `ask` called at the next pause, but now and then also without one. */
  typed(ask: () => void): void {
    this.typedAt = Date.now();
    this.unaskedSince ??= this.typedAt;
    const left = this.unaskedSince + ASK_WITHIN_MS - this.typedAt;
    this.after(Math.max(0, Math.min(ASK_AFTER_MS, left)), ask);
  }

  /** Have `ask` called later, unless something is typed until then. */
  after(milliseconds: number, ask: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(ask, milliseconds);
  }

  /** Something is being asked, or there is nothing to ask. */
  reset(): void {
    clearTimeout(this.timer);
    this.unaskedSince = undefined;
  }
}
