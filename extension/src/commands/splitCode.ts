/** *Show Code the Model Cannot See Whole*: what search sees in several pieces, and what not to its end. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { splitCodeMessage, type SplitCodeResult, type SplitDefinition, type UnseenText } from '../protocol';
import type { Server } from '../server/server';
import { escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { showPlace } from '../view/showPlace';
import { showFolderList } from './folderList';
import { counted, figure, t } from '../text/words';

interface Entry extends vscode.QuickPickItem {
  place?: { uri: string; line: number };
}

/** Lists the code below `folder`; without it, below the first workspace folder. */
export function showSplitCode(server: Server, folder?: vscode.Uri): Promise<void> {
  return showFolderList<Entry>(folder, {
    title: (name) => t('Code that the model cannot see whole in {0}', name),
    placeholder: t('Type to filter by name or path, Enter goes there'),
    load: async (below, name) => {
      const result = await server.request(splitCodeMessage, { folder: below });
      return { title: headline(name, result), items: entries(result) };
    },
    accept: ({ place }) => place && (() => showPlace(vscode.Uri.parse(place.uri), place.line)),
  });
}

function headline(name: string, { definitions, total, unseen }: SplitCodeResult): string {
  if (total === 0 && unseen.length === 0) {
    return t('The model sees all definitions of {0} whole', name);
  }
  const several =
    definitions.length < total
      ? t('{0} definitions in several pieces, the largest {1}', figure(total), figure(definitions.length))
      : counted(total, '{0} definition in several pieces', '{0} definitions in several pieces');
  const cut =
    unseen.length === 0
      ? t('nothing is cut off')
      : counted(unseen.length, '{0} line cut off', '{0} lines cut off');
  return `${name}: ${[...(total > 0 ? [several] : []), cut].join('; ')}`;
}

function entries({ definitions, unseen }: SplitCodeResult): Entry[] {
  return [
    ...section(t('Not seen to the end'), unseen.map(unseenEntry)),
    ...section(t('Seen in several pieces'), definitions.map(definitionEntry)),
  ];
}

function section(label: string, items: Entry[]): Entry[] {
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function unseenEntry({ uri, path: file, line, parts }: UnseenText): Entry {
  return {
    label: escapeIcons(t('{0}, line {1}', path.posix.basename(file), line + 1)),
    ...icon('warning'),
    description: t('the first {0} pieces are seen, the rest is not', parts),
    detail: escapeIcons(`${file}:${line + 1}`),
    place: { uri, line },
  };
}

function definitionEntry({ uri, path: file, name, kind, line, lines, chunks }: SplitDefinition): Entry {
  return {
    label: escapeIcons(name),
    ...icon(kind === 'section' ? 'symbol-string' : 'symbol-method'),
    description: t(
      '{0} in {1}, {2}',
      kind,
      counted(chunks, '{0} piece', '{0} pieces'),
      counted(lines, '{0} line', '{0} lines'),
    ),
    detail: escapeIcons(`${file}:${line + 1}`),
    place: { uri, line },
  };
}
