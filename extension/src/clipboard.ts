/** Code on the clipboard as one puts it into a prompt: fenced, with its path and lines above it. */

import * as vscode from 'vscode';
import type { Place } from './preview';
import type { Server } from './server';
import { countText, tokens } from './tokens';
import { count } from './words';

/** Copies the code at `place` and says what it costs. */
export async function copyForPrompt(server: Server, { uri, range }: Place): Promise<string> {
  const document = await vscode.workspace.openTextDocument(uri);
  const code = document.getText(document.validateRange(range));
  const path = vscode.workspace.asRelativePath(uri);
  const [first, last] = [range.start.line + 1, range.end.line + 1];
  const text = `${path}:${first}-${last}\n${fenced(code, document.languageId)}\n`;
  await vscode.env.clipboard.writeText(text);
  const said = `Copied ${count(last - first + 1, 'line')}`;
  try {
    const { billed } = await countText(server, text);
    return `${said}, ${tokens(billed.tokens)} (${billed.tokenizer})`;
  } catch {
    return said; // what was copied is copied
  }
}

/** The fence is longer than any in the code. */
function fenced(code: string, language: string): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${code}\n${fence}`;
}
