/** *Search by Meaning* and *Find Similar Code*. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { copyForPrompt } from '../clipboard';
import type { NoteItem } from '../hitNotes';
import { showHits } from '../hitPick';
import { searchMessage, similarMessage } from '../protocol';
import type { Server } from '../server';
import { literal } from '../words';

const RECENT = 'semlens.recentSearches';
const RECENT_KEPT = 8;
const LIMIT = 30;

/** How a question is narrowed, for whoever has not typed anything yet. */
const WAYS_TO_NARROW: readonly NoteItem[] = [
  { label: 'Narrow the search', kind: vscode.QuickPickItemKind.Separator },
  { label: '$(folder) path:', description: 'only files whose path contains this', suggestion: 'path:' },
  { label: '$(circle-slash) -path:', description: 'no files whose path contains this', suggestion: '-path:' },
  { label: '$(code) lang:', description: 'only files in this language', suggestion: 'lang:' },
  { label: '$(beaker) is:test', description: 'only tests', suggestion: 'is:test ' },
  { label: '$(circle-slash) -is:test', description: 'no tests', suggestion: '-is:test ' },
];

export interface SearchOptions {
  /** What the list has in it at first. */
  text?: string;
  /** Below which one workspace folder to look; everywhere if left out. */
  folder?: vscode.WorkspaceFolder;
}

export function searchByMeaning(server: Server, memory: vscode.Memento, options: SearchOptions = {}): void {
  const { text, folder } = options;
  const recent = memory.get<string[]>(RECENT, []);
  showHits({
    title: folder === undefined ? 'Search by meaning' : `Search by meaning in ${folder.name}`,
    placeholder: 'Describe what the code does, for example: try again when the server is busy',
    ask: ({ text: query, wait }, token) => {
      const folders = folder && { folders: [folder.uri.toString()] };
      return server.request(searchMessage, { query, wait, limit: LIMIT, ...folders }, token);
    },
    asYouType: true,
    suggestions: [...recent.map(recentItem), ...WAYS_TO_NARROW].map((item) => ({
      ...item,
      alwaysShow: true,
    })),
    opened: (query) => {
      const kept = [query, ...recent.filter((other) => other !== query)].slice(0, RECENT_KEPT);
      void memory.update(RECENT, kept);
    },
    copy: (hit) => copyForPrompt(server, hit),
    ...(text === undefined ? {} : { text }),
  });
}

/** *Search by Meaning* with the folder at `uri` typed in, to be seen and changed. */
export function searchInFolder(server: Server, memory: vscode.Memento, uri?: vscode.Uri): void {
  const folder = uri && vscode.workspace.getWorkspaceFolder(uri);
  if (uri === undefined || folder === undefined) {
    searchByMeaning(server, memory);
    return;
  }
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const below = path.posix.relative(folder.uri.path, uri.path);
  searchByMeaning(server, memory, {
    ...(below === '' ? {} : { text: `path:${asGlob(below)} ` }),
    ...(several ? { folder } : {}),
  });
}

function recentItem(question: string): NoteItem {
  return { label: `$(history) ${literal(question)}`, suggestion: question };
}

/** The folder and no other, in the question's own syntax: what globs take for more is any one character. */
function asGlob(folder: string): string {
  const glob = `/${folder.replace(/[[\]*?"\\]/g, '?')}/`;
  return /\s/.test(glob) ? `"${glob}"` : glob;
}

/** Code similar to the selection or, where nothing is selected, to the definition at the cursor. */
export function findSimilar(server: Server): void {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage('Open a file and select code first.');
    return;
  }
  const { document, selection } = editor;
  const params = {
    textDocument: { uri: document.uri.toString() },
    range: {
      start: { line: selection.start.line, character: selection.start.character },
      end: { line: selection.end.line, character: selection.end.character },
    },
    limit: LIMIT,
  };
  showHits({
    title: selection.isEmpty ? 'Code similar to the code at the cursor' : 'Code similar to the selection',
    placeholder: 'Type to filter by name, path or code',
    ask: ({ wait }, token) => server.request(similarMessage, { ...params, wait }, token),
    asYouType: false,
    copy: (hit) => copyForPrompt(server, hit),
  });
}
