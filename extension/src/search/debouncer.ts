/** Delays requests while the user types, and previews for even longer. */

const ASK_AFTER_MS = 50;
/** While the user types without a pause, the hits still change this often. */
const ASK_WITHIN_MS = 300;
const PREVIEW_AFTER_MS = 60;
/** Previews that change while the user types would distract. */
const PREVIEW_AFTER_TYPING_MS = 350;

export class Debouncer {
  private timer: NodeJS.Timeout | undefined;
  private typedAt = 0;
  private pendingSince: number | undefined;

  /** Whether the user typed text that no request has been sent for. */
  get isPending(): boolean {
    return this.pendingSince !== undefined;
  }

  /** Milliseconds to wait before a preview. */
  get previewDelay(): number {
    return Math.max(PREVIEW_AFTER_MS, this.typedAt + PREVIEW_AFTER_TYPING_MS - Date.now());
  }

  /** The user typed: call `ask` at the next pause, or `ASK_WITHIN_MS` after the first key without an answer. */
  typed(ask: () => void): void {
    this.typedAt = Date.now();
    this.pendingSince ??= this.typedAt;
    const left = this.pendingSince + ASK_WITHIN_MS - this.typedAt;
    this.schedule(Math.max(0, Math.min(ASK_AFTER_MS, left)), ask);
  }

  /** Call `ask` after `milliseconds`, unless the user types or `reset` is called before. */
  schedule(milliseconds: number, ask: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(ask, milliseconds);
  }

  /** A request is being sent, or none is needed. */
  reset(): void {
    clearTimeout(this.timer);
    this.pendingSince = undefined;
  }
}
