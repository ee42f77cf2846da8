/** Completes the header of a search editor: names of lines, and their values. */

import * as vscode from 'vscode';
import { completeMessage } from '../protocol';
import type { Server } from '../server/server';
import { type Name, nameOf, NAMES } from './header';
import { LANGUAGE, read } from './read';
import { t } from '../text/words';

/** The filter of a question that completes the values of a line. */
const FILTERS = new Map<Name, string>([
  ['Files to include', 'path:'],
  ['Files to exclude', 'path:'],
  ['Languages', 'lang:'],
]);

export function registerCompletions(server: Server): vscode.Disposable {
  const provideCompletionItems = async (
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionItem[]> => {
    if (position.line >= Math.max(1, read(document).rows)) {
      return [];
    }
    const before = document.lineAt(position.line).text.slice(0, position.character);
    const name = nameOf(before);
    if (name === undefined) {
      return before.includes(':') ? [] : nameItems(document);
    }
    return valueItems(server, name, before.slice(before.indexOf(':') + 1), position, token);
  };
  return vscode.languages.registerCompletionItemProvider(LANGUAGE, { provideCompletionItems }, ' ', ',');
}

/** The names that are not there yet. */
function nameItems(document: vscode.TextDocument): vscode.CompletionItem[] {
  const { lines, rows } = read(document);
  const there = new Set(lines.slice(0, rows).map(nameOf));
  return NAMES.filter((name) => !there.has(name)).map((name) => {
    const item = new vscode.CompletionItem(name, vscode.CompletionItemKind.Property);
    item.insertText = `${name}: `;
    return item;
  });
}

async function valueItems(
  server: Server,
  name: Name,
  typed: string,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.CompletionItem[]> {
  const last = /[^,]*$/.exec(typed)?.[0].trimStart() ?? '';
  const replaced = new vscode.Range(position.translate(0, -last.length), position);
  const item = (value: string, detail?: string): vscode.CompletionItem => {
    const label = detail === undefined ? value : { label: value, description: detail };
    const made = new vscode.CompletionItem(label, vscode.CompletionItemKind.Value);
    made.range = replaced;
    return made;
  };
  const filter = FILTERS.get(name);
  if (name === 'Tests') {
    return [item('all'), item('only', t('only tests')), item('none', t('no tests'))];
  }
  if (name === 'Folders') {
    return (vscode.workspace.workspaceFolders ?? []).map((folder) => item(folder.name));
  }
  if (filter === undefined) {
    return [];
  }
  const { completions } = await server.request(completeMessage, { query: `${filter}${last}` }, token);
  return completions.map(({ label, detail }) =>
    item(label.slice(filter.length).replace(/^["']|["']$/g, ''), detail),
  );
}
