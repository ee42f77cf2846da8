/** *Show Tokens* and *Color Tokens in Editor*. */

import * as vscode from 'vscode';
import type { Register } from '../../commands/register';
import type { Server } from '../../server/server';
import { placeOf } from '../../view/place';
import { Colouring } from './colouring';
import { chosenTokenizers, TokenPanel } from './panel';
import { t } from '../../text/words';

export function registerTokenView(
  server: Server,
  context: vscode.ExtensionContext,
  register: Register,
): vscode.Disposable {
  const colouring = new Colouring(server, () => chosenTokenizers(context.globalState));
  let panel: TokenPanel | undefined;
  register('showTokens', async (uri?: unknown, range?: unknown) => {
    const place = await placeOf(uri, range);
    if (place === undefined) {
      void vscode.window.showInformationMessage(t('Open a file first.'));
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
    await panel.show(place.document, place.range);
  });
  register('colorTokens', () => {
    colouring.toggle();
  });
  return vscode.Disposable.from(colouring, new vscode.Disposable(() => panel?.dispose()));
}
