/** *Pause Indexing* and *Resume Indexing*. */

import * as vscode from 'vscode';
import { pauseMessage } from '../protocol';
import type { Server } from '../server/server';
import { t } from '../text/words';

const SHOWN_FOR_MS = 5_000;

export async function pause(server: Server, paused: boolean): Promise<void> {
  const result = await server.request(pauseMessage, { paused });
  const message = result.paused
    ? t('Indexing paused. Search finds the code that has been read.')
    : t('Indexing resumed.');
  vscode.window.setStatusBarMessage(`Semlens: ${message}`, SHOWN_FOR_MS);
}
