/** Puts code for a prompt on the clipboard, and says how much, and what was left out. */

import * as vscode from 'vscode';
import type { ContextResult } from '../protocol';
import { formatTokens } from '../text/amounts';
import { counted, figure, t } from '../text/words';

const SHOW = t('Show');

export async function copied(result: ContextResult, budget: number, areFiles: boolean): Promise<void> {
  await vscode.env.clipboard.writeText(result.text);
  if ((await vscode.window.showInformationMessage(receipt(result, budget, areFiles), SHOW)) === SHOW) {
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: result.text });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
  }
}

/** "Copied 5 pieces of code: 3,912 of 4,000 tokens (o200k_base). 2 only as signatures, 3 did not fit." */
export function receipt(
  { pieces, tokens, tokenizer }: ContextResult,
  budget: number,
  areFiles: boolean,
): string {
  const chosen = pieces.filter(({ place }) => place.chosen);
  const numberOf = (...states: string[]): number =>
    chosen.filter(({ shown }) => states.includes(shown)).length;
  const copiedPieces = numberOf('whole', 'part', 'signature');
  const [part, signature, none] = [numberOf('part'), numberOf('signature'), numberOf('none')];
  const rest = [
    ...(part > 0 ? [t('{0} in part', part)] : []),
    ...(signature > 0 ? [t('{0} only as signatures', signature)] : []),
    ...(none > 0 ? [t('{0} did not fit', none)] : []),
  ];
  const amounts = [figure(tokens), formatTokens(budget), tokenizer] as const;
  const said = areFiles
    ? counted(
        copiedPieces,
        'Copied {0} file: {1} of {2} ({3}).',
        'Copied {0} files: {1} of {2} ({3}).',
        ...amounts,
      )
    : counted(
        copiedPieces,
        'Copied {0} piece of code: {1} of {2} ({3}).',
        'Copied {0} pieces of code: {1} of {2} ({3}).',
        ...amounts,
      );
  return rest.length > 0 ? `${said} ${rest.join(', ')}.` : said;
}
