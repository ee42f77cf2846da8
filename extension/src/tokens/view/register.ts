/** *Show Tokens* and *Color Tokens in Editor*. */

import * as vscode from 'vscode';
import type { Register } from '../../commands/register';
import type { Server } from '../../server/server';
import { Colouring } from './colouring';
import { chosenTokenizers, TokenPanel } from './panel';

/** What a link of the hover tells: a document, and a part of it. */
interface Place {
  uri: string;
  range?: { start: vscode.Position; end: vscode.Position };
}

export function registerTokenView(
  server: Server,
  context: vscode.ExtensionContext,
  register: Register,
): vscode.Disposable {
  const colouring = new Colouring(server, () => chosenTokenizers(context.globalState));
  let panel: TokenPanel | undefined;
  register('showTokens', async (place?: unknown) => {
    const target = await placeOf(place);
    if (target === undefined) {
      void vscode.window.showInformationMessage('Open a file first.');
      return;
    }
    if (panel === undefined) {
      const made = new TokenPanel(server, context.globalState, colouring, context.extensionUri);
      panel = made;
      made.onDidDispose(() => {
        panel = undefined;
        made.dispose();
      });
    }
    await panel.show(target.document, target.range);
  });
  register('colorTokens', () => {
    colouring.toggle();
  });
  return vscode.Disposable.from(colouring, new vscode.Disposable(() => panel?.dispose()));
}

/** The place that was named, or else the selection or the cursor in the editor. */
async function placeOf(
  place: unknown,
): Promise<{ document: vscode.TextDocument; range?: vscode.Range } | undefined> {
  if (isPlace(place)) {
    const { uri, range } = place;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    return {
      document,
      range:
        range &&
        new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character),
    };
  }
  const editor = vscode.window.activeTextEditor;
  return editor && { document: editor.document, range: editor.selection };
}

function isPlace(value: unknown): value is Place {
  return typeof value === 'object' && value !== null && 'uri' in value && typeof value.uri === 'string';
}
