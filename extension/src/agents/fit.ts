/** An answer that fits the budget of whoever asks, counted in their own tokens. */

/** As in semlens/core/pack/types.py. */
const MIN_TOKENS = 100;
const MAX_TOKENS = 20_000;
const ATTEMPTS = 5;
/** Another tokenizer counts another share of each text: aim a little lower. */
const MARGIN = 0.97;

const TOO_FEW = 'Nothing fits: ask for more tokens.';

export interface Budget {
  tokens: number;
  /** Counts as the caller does. */
  count(text: string): Thenable<number>;
}

/**
 * The text that `ask` gives for a number of o200k_base tokens such that it has at most `budget.tokens` of the
 * caller's. `ask` is asked again with fewer tokens while the text is too long.
 */
export async function fitting(ask: (tokens: number) => Promise<string>, budget: Budget): Promise<string> {
  let asked = Math.min(MAX_TOKENS, Math.floor(budget.tokens));
  for (let attempt = 0; attempt < ATTEMPTS && asked >= MIN_TOKENS; attempt += 1) {
    const text = await ask(asked);
    const counted = await budget.count(text);
    if (counted <= budget.tokens) {
      return text;
    }
    asked = Math.floor(((asked * budget.tokens) / counted) * MARGIN);
  }
  return (await budget.count(TOO_FEW)) <= budget.tokens ? TOO_FEW : '';
}
