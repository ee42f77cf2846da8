/** Two pieces of code side by side, in the editor's own diff. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { formatLines } from '../text/format';
import { textOf } from './previewDocuments';

export interface CodePart {
  uri: vscode.Uri;
  range: vscode.Range;
}

const SCHEME = 'semlens-code';

/** Documents with whole lines of files, each named in its query, so that a reloaded window has them too. */
interface Lines {
  uri: string;
  first: number;
  last: number;
}

const changed = new vscode.EventEmitter<vscode.Uri>();

export function registerDiffs(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: async ({ query }) => {
      const { uri, first, last } = JSON.parse(query) as Lines;
      const lines = (await textOf(vscode.Uri.parse(uri))).split(/\r\n|\r|\n/);
      return `${lines.slice(first, last + 1).join('\n')}\n`;
    },
  });
}

export async function showDiff(one: CodePart, other: CodePart): Promise<void> {
  const title = titlesOf(one, other).join(' ↔ ');
  const documents = [one, other].map(documentOf);
  documents.forEach((uri) => {
    changed.fire(uri); // one that is still open has the lines of then
  });
  await vscode.commands.executeCommand('vscode.diff', ...documents, title);
}

function documentOf({ uri, range }: CodePart): vscode.Uri {
  const lines: Lines = { uri: uri.toString(), first: range.start.line, last: range.end.line };
  return vscode.Uri.from({
    scheme: SCHEME,
    path: `/${vscode.workspace.asRelativePath(uri)}`,
    query: JSON.stringify(lines),
  });
}

/** "cart.ts:12-20", with the path if both files have the same name. */
function titlesOf(one: CodePart, other: CodePart): string[] {
  const base = ({ uri }: CodePart): string => path.posix.basename(uri.path);
  const isSame = base(one) === base(other) && one.uri.path !== other.uri.path;
  return [one, other].map((part) => {
    const name = isSame ? vscode.workspace.asRelativePath(part.uri) : base(part);
    return `${name}:${formatLines(part.range)}`;
  });
}
