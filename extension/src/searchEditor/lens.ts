/** Says above the hits of a saved search that it was made elsewhere, and offers to run it again. */

import * as vscode from 'vscode';
import { formatCount } from '../text/format';
import { LANGUAGE, read } from './read';
import type { SearchEditors } from './searchEditors';

export function registerLens(editors: SearchEditors): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provideCodeLenses = (document: vscode.TextDocument): vscode.CodeLens[] => {
    const missing = editors.missingOf(document);
    const { rows, lines } = read(document);
    const row = lines.findIndex((line, at) => at >= rows && line.trim() !== '');
    if (missing === undefined || row < 0) {
      return [];
    }
    const range = new vscode.Range(row, 0, row, 0);
    const title =
      missing.files === missing.of
        ? 'From another workspace: none of these files is here'
        : `${missing.files} of ${formatCount(missing.of, 'file')} ${missing.files === 1 ? 'is' : 'are'} not here`;
    const rerun = {
      title: 'Run again here',
      command: 'semlens.searchEditor.rerun',
      arguments: [document.uri],
    };
    return [new vscode.CodeLens(range, { title, command: '' }), new vscode.CodeLens(range, rerun)];
  };
  return vscode.Disposable.from(
    changed,
    editors.onDidChange(() => {
      changed.fire();
    }),
    vscode.languages.registerCodeLensProvider(LANGUAGE, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses,
    }),
  );
}
