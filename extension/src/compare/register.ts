/** *Compare Two Selections*: of one editor, or one that was selected before with another. */

import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import type { CodePart } from '../protocol';
import { plainRange } from '../server/positions';
import { type Server, SERVED_SCHEMES } from '../server/server';
import { placeOf } from '../view/place';
import { ComparePanel } from './panel';
import { t } from '../text/words';

/** When a piece of code was selected for a comparison, the editor's menu offers to compare with it. */
const SELECTED = 'semlens.selectedForCompare';

export function registerCompare(
  server: Server,
  context: vscode.ExtensionContext,
  register: Register,
): vscode.Disposable {
  let panel: ComparePanel | undefined;
  let selected: CodePart | undefined;

  const compare = (one: CodePart, other: CodePart): Promise<void> => {
    if (panel === undefined) {
      const made = new ComparePanel(server, context.extensionUri);
      panel = made;
      made.onDidDispose(() => {
        panel = undefined;
        made.dispose();
      });
    }
    return panel.show(one, other);
  };
  const select = async (part: CodePart): Promise<void> => {
    selected = part;
    await vscode.commands.executeCommand('setContext', SELECTED, true);
    void vscode.window.showInformationMessage(t('Now select other code, and run “Compare Two Selections”.'));
  };
  register('selectForCompare', async (uri?: unknown, range?: unknown) => {
    const [part] = await partsOf(uri, range);
    if (part === undefined) {
      void vscode.window.showInformationMessage(t('Open a file first.'));
    } else {
      await select(part);
    }
  });
  register('compareSelections', async (uri?: unknown, range?: unknown) => {
    const [one, other] = await partsOf(uri, range);
    if (one === undefined) {
      void vscode.window.showInformationMessage(t('Open a file first.'));
    } else if (other !== undefined) {
      await compare(one, other);
    } else if (selected !== undefined) {
      await compare(selected, one);
    } else {
      await select(one);
    }
  });
  return new vscode.Disposable(() => panel?.dispose());
}

/** The code that a link names; else the selections that are not empty, or the definition at the cursor. */
async function partsOf(uri: unknown, range: unknown): Promise<CodePart[]> {
  const place = await placeOf(uri, range);
  if (place === undefined) {
    return [];
  }
  const { document } = place;
  const editor = typeof uri === 'string' ? undefined : vscode.window.activeTextEditor;
  const full = editor?.selections.filter(({ isEmpty }) => !isEmpty) ?? [];
  return (full.length > 0 ? full : [place.range]).map((part) => partOf(document, part));
}

function partOf(document: vscode.TextDocument, range: vscode.Range): CodePart {
  const { start, isEmpty } = range;
  const isServed = SERVED_SCHEMES.has(document.uri.scheme);
  // The text as it is now: it may be edited before the other piece is selected.
  const text = isEmpty ? document.lineAt(start.line).text : document.getText(range);
  return {
    textDocument: { uri: document.uri.toString() },
    range: plainRange(range),
    text: isEmpty && isServed ? null : text,
  };
}
