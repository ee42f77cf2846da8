/** The rule or the reason that leaves a file out: as a sentence, and opened in the editor. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../text/words';

export interface Rule {
  /** By URI, by absolute path, or relative to the workspace folder of the file that it leaves out. */
  file: string;
  /** 1-based. */
  line?: number | null | undefined;
}

export interface Reason {
  /** A predicate ("is larger than 1 MB"), or a sentence of its own. */
  reason: string;
  rule?: string | null;
  file?: string | null;
  line?: number | null;
}

/** The reason as a clause that may follow a colon, with the rule and its place. */
export function explain({ reason, rule, file, line }: Reason): string {
  const because = /^[a-z]/.test(reason) ? t('it {0}', reason) : reason;
  const clause = because.replace(/[.。]$/, '');
  if (!rule) {
    return clause;
  }
  const name = path.basename(file ?? '');
  return name === ''
    ? t('{0} (rule “{1}”)', clause, rule)
    : line
      ? t('{0} (rule “{1}” in {2}, line {3})', clause, rule, name, line)
      : t('{0} (rule “{1}” in {2})', clause, rule, name);
}

export async function openRule({ file, line }: Rule, leftOut: vscode.Uri): Promise<void> {
  const start = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
  await vscode.window.showTextDocument(ruleUri(file, leftOut), { selection: new vscode.Range(start, start) });
}

function ruleUri(file: string, leftOut: vscode.Uri): vscode.Uri {
  if (/^[a-z][\w+.-]+:\/\//i.test(file)) {
    return vscode.Uri.parse(file);
  }
  const folder = vscode.workspace.getWorkspaceFolder(leftOut);
  const isAbsolute = /^([\\/]|[a-z]:)/i.test(file);
  return isAbsolute || folder === undefined ? vscode.Uri.file(file) : vscode.Uri.joinPath(folder.uri, file);
}
