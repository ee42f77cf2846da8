/** Says above the hits of a saved search that it was made elsewhere, and offers to run it again. */

import * as vscode from 'vscode';
import { LANGUAGE, read } from './read';
import type { SearchEditors } from './searchEditors';
import { counted, t } from '../text/words';

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
        ? t('From another workspace: none of these files is here')
        : counted(
            missing.of,
            '{1} of {0} file is not here',
            missing.files === 1 ? '{1} of {0} files is not here' : '{1} of {0} files are not here',
            missing.files,
          );
    const rerun = {
      title: t('Run again here'),
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
