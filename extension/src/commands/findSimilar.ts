/** *Find Similar Code*. */

import * as vscode from 'vscode';
import { similarMessage } from '../protocol';
import type { Keep } from '../results/register';
import { showDiff } from '../search/codeDiff';
import { copyForPrompt } from '../search/copyHit';
import { showHits } from '../search/showHits';
import { editorRange, plainRange } from '../server/positions';
import type { Server } from '../server/server';
import { formatLocation } from '../text/format';
import { t } from '../text/words';

const LIMIT = 30;

/** Finds code similar to the selection; if nothing is selected, to the definition at the cursor. */
export function findSimilar(server: Server, keep: Keep): void {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage(t('Open a file first.'));
    return;
  }
  const { document, selection } = editor;
  const params = {
    textDocument: { uri: document.uri.toString() },
    range: plainRange(selection),
    limit: LIMIT,
  };
  showHits({
    title: selection.isEmpty
      ? t('Code similar to the code at the cursor')
      : t('Code similar to the selection'),
    placeholder: t('Type to filter by name, path or code'),
    ask: ({ wait, explain }, token) => server.request(similarMessage, { ...params, wait, explain }, token),
    asYouType: false,
    copy: (hit) => copyForPrompt(server, hit),
    compare: (hit, source) => showDiff({ uri: document.uri, range: editorRange(source) }, hit),
    keep: (_, into) => {
      const { textDocument, range } = params;
      const place = formatLocation(document.uri, selection.start.line);
      keep({ kind: 'similar', params: { textDocument, range } }, t('Similar to {0}', place), into);
    },
  });
}
