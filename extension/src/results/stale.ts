/** Follows edits: hits move with their lines, and those whose line is gone are marked. */

import * as vscode from 'vscode';
import { relocated } from './open';
import type { Searches } from './searches';

const AFTER_MS = 400;

export function followEdits(searches: Searches): vscode.Disposable {
  const waiting = new Map<string, NodeJS.Timeout>();
  const soon = (document: vscode.TextDocument): void => {
    const uri = document.uri.toString();
    clearTimeout(waiting.get(uri));
    waiting.set(
      uri,
      setTimeout(() => {
        waiting.delete(uri);
        if (!document.isClosed) {
          update(searches, uri, document.getText().split(/\r\n|\r|\n/));
        }
      }, AFTER_MS),
    );
  };
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && isKept(searches, document.uri.toString())) {
        soon(document);
      }
    }),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isKept(searches, document.uri.toString())) {
        soon(document);
      }
    }),
    vscode.workspace.onDidDeleteFiles(({ files }) => {
      for (const uri of files) {
        update(searches, uri.toString(), []);
      }
    }),
    new vscode.Disposable(() => {
      for (const timer of waiting.values()) {
        clearTimeout(timer);
      }
    }),
  );
}

function isKept(searches: Searches, uri: string): boolean {
  return searches.all.some(({ hits }) => hits.some((hit) => hit.uri === uri));
}

function update(searches: Searches, uri: string, lines: readonly string[]): void {
  for (const { id } of searches.all) {
    searches.updateHits(id, (hit) => (hit.uri === uri ? relocated(hit, lines) : hit));
  }
}
