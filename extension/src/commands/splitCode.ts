/** *Show Code the Model Cannot See Whole*: what search sees in several pieces, and what not to its end. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { splitCodeMessage, type SplitCodeResult, type SplitDefinition, type UnseenText } from '../protocol';
import type { Server } from '../server/server';
import { escapeIcons, formatCount } from '../text/format';
import { icon } from '../text/icon';
import { showFolderList } from './folderList';

interface Entry extends vscode.QuickPickItem {
  place?: { uri: string; line: number };
}

/** Lists the code below `folder`; without it, below the first workspace folder. */
export function showSplitCode(server: Server, folder?: vscode.Uri): Promise<void> {
  return showFolderList<Entry>(folder, {
    title: (name) => `Code that the model cannot see whole in ${name}`,
    placeholder: 'Type to filter by name or path, Enter goes there',
    load: async (below, name) => {
      const result = await server.request(splitCodeMessage, { folder: below });
      return { title: headline(name, result), items: entries(result) };
    },
    accept: ({ place }) => place && (() => open(place)),
  });
}

function headline(name: string, { definitions, total, unseen }: SplitCodeResult): string {
  if (total === 0 && unseen.length === 0) {
    return `The model sees all definitions of ${name} whole`;
  }
  const some = definitions.length < total ? `, the largest ${definitions.length.toLocaleString('en')}` : '';
  const parts = total === 0 ? [] : [`${formatCount(total, 'definition')} in several pieces${some}`];
  const cut = unseen.length === 0 ? 'nothing is cut off' : `${formatCount(unseen.length, 'line')} cut off`;
  return `${name}: ${[...parts, cut].join('; ')}`;
}

function entries({ definitions, unseen }: SplitCodeResult): Entry[] {
  return [
    ...section('Not seen to the end', unseen.map(unseenEntry)),
    ...section('Seen in several pieces', definitions.map(definitionEntry)),
  ];
}

function section(label: string, items: Entry[]): Entry[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function unseenEntry({ uri, path: file, line, parts }: UnseenText): Entry {
  return {
    label: escapeIcons(`${path.posix.basename(file)}, line ${line + 1}`),
    ...icon('warning'),
    description: `the first ${parts} pieces are seen, the rest is not`,
    detail: escapeIcons(`${file}:${line + 1}`),
    place: { uri, line },
  };
}

function definitionEntry({ uri, path: file, name, kind, line, lines, chunks }: SplitDefinition): Entry {
  return {
    label: escapeIcons(name),
    ...icon(kind === 'section' ? 'symbol-string' : 'symbol-method'),
    description: `${kind} in ${formatCount(chunks, 'piece')}, ${formatCount(lines, 'line')}`,
    detail: escapeIcons(`${file}:${line + 1}`),
    place: { uri, line },
  };
}

async function open({ uri, line }: { uri: string; line: number }): Promise<void> {
  const start = new vscode.Position(line, 0);
  await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection: new vscode.Range(start, start) });
}
