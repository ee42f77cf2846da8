/** *Search by Meaning* and *Find Similar Code*. */

import * as vscode from 'vscode';
import { showHits } from '../hitPick';
import { searchMessage, similarMessage } from '../protocol';
import type { Server } from '../server';

const RECENT = 'semlens.recentSearches';
const RECENT_KEPT = 8;
const LIMIT = 30;

export function searchByMeaning(server: Server, memory: vscode.Memento, text?: string): void {
  const recent = memory.get<string[]>(RECENT, []);
  showHits({
    title: 'Search by meaning',
    placeholder: 'Describe what the code does, for example: try again when the server is busy',
    ask: (query, token) => server.request(searchMessage, { query, limit: LIMIT }, token),
    asYouType: true,
    suggestions: recent,
    opened: (query) => {
      const kept = [query, ...recent.filter((other) => other !== query)].slice(0, RECENT_KEPT);
      void memory.update(RECENT, kept);
    },
    ...(text === undefined ? {} : { text }),
  });
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
    ask: (_text, token) => server.request(similarMessage, params, token),
    asYouType: false,
  });
}
