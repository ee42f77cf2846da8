/** Puts code for a prompt on the clipboard, and says how much, and what was left out. */

import * as vscode from 'vscode';
import type { ContextResult } from '../protocol';
import { formatCount, formatTokens } from '../text/format';

const SHOW = 'Show';

export async function copied(result: ContextResult, budget: number): Promise<void> {
  await vscode.env.clipboard.writeText(result.text);
  if ((await vscode.window.showInformationMessage(receipt(result, budget), SHOW)) === SHOW) {
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: result.text });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
  }
}

/** "Copied 5 pieces of code: 3,912 of 4,000 tokens (o200k_base). 2 only as signatures, 3 did not fit." */
export function receipt({ pieces, tokens, tokenizer }: ContextResult, budget: number): string {
  const chosen = pieces.filter(({ place }) => place.chosen);
  const numberOf = (...states: string[]): number =>
    chosen.filter(({ shown }) => states.includes(shown)).length;
  const copiedPieces = numberOf('whole', 'part', 'signature');
  const parts = [
    [numberOf('part'), 'in part'],
    [numberOf('signature'), 'only as signatures'],
  ] as const;
  const limits = parts.filter(([number]) => number > 0).map(([number, how]) => `${number} ${how}`);
  const leftOut = numberOf('none');
  const rest = [...limits, ...(leftOut > 0 ? [`${leftOut} did not fit`] : [])];
  const said = `Copied ${formatCount(copiedPieces, 'piece of code', 'pieces of code')}`;
  const of = `${tokens.toLocaleString('en')} of ${formatTokens(budget)} (${tokenizer})`;
  return `${said}: ${of}.${rest.length > 0 ? ` ${rest.join(', ')}.` : ''}`;
}
