/** Copies a hit for a prompt: its code in a fence, below its path and lines. */

import * as vscode from 'vscode';
import type { Server } from '../server/server';
import { formatTokens } from '../text/amounts';
import { countText } from '../tokens/count';
import type { CodeLocation } from './preview';
import { counted } from '../text/words';

/** Copies the code at a location. Returns a sentence that says how much was copied, with its tokens if known. */
export async function copyForPrompt(server: Server, location: CodeLocation): Promise<string> {
  const { uri, range, image } = location;
  if (image !== undefined) {
    return copied(server, `${vscode.workspace.asRelativePath(uri)}\n${image}\n`, image.split('\n').length);
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const code = document.getText(document.validateRange(range));
  const path = vscode.workspace.asRelativePath(uri);
  const [first, last] = [range.start.line + 1, range.end.line + 1];
  const text = `${path}:${first}-${last}\n${fenced(code, document.languageId)}\n`;
  return copied(server, text, last - first + 1);
}

async function copied(server: Server, text: string, lines: number): Promise<string> {
  await vscode.env.clipboard.writeText(text);
  const said = counted(lines, 'Copied {0} line', 'Copied {0} lines');
  try {
    const { billed } = await countText(server, text);
    return `${said}, ${formatTokens(billed.tokens)} (${billed.tokenizer})`;
  } catch {
    return said; // the copy itself succeeded
  }
}

/** The fence is longer than any run of backticks in the code. */
function fenced(code: string, language: string): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${code}\n${fence}`;
}
