/** Two pieces of code side by side, in the editor's own diff. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { excerptsMessage } from '../protocol';
import type { KeptHit } from '../results/kept';
import type { Server } from '../server/server';

const SCHEME = 'semlens-copy';

/** The lines of a file that a document shows, 0-based and inclusive. */
interface Shown {
  uri: string;
  first: number;
  last: number;
}

/** Registers the documents of the diff. They show the code as it is when the diff is opened. */
export function registerCodeDocuments(server: Server): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: async ({ query }, token) => {
      const { uri, first, last } = JSON.parse(query) as Shown;
      const params = { files: [{ uri, blocks: [{ first, last }] }] };
      const { files } = await server.request(excerptsMessage, params, token);
      return files[0]?.blocks[0]?.join('\n') ?? '';
    },
  });
}

/** Opens the diff of two hits, with both places in its title. */
export async function openDiff(one: KeptHit, other: KeptHit): Promise<void> {
  const title = `${placeOf(one)} ↔ ${placeOf(other)}`;
  await vscode.commands.executeCommand('vscode.diff', documentOf(one), documentOf(other), title);
}

/** "src/cart.ts:12-20". */
function placeOf({ uri, range }: KeptHit): string {
  const file = vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
  return `${file}:${range.start.line + 1}-${range.end.line + 1}`;
}

/** In the file's language, by the file's name. */
function documentOf({ uri, range }: KeptHit): vscode.Uri {
  const file = vscode.Uri.parse(uri);
  const shown: Shown = { uri, first: range.start.line, last: range.end.line };
  const name = path.posix.basename(file.path);
  const place = `${vscode.workspace.asRelativePath(file, true)}/${shown.first + 1}-${shown.last + 1}/${name}`;
  return vscode.Uri.from({ scheme: SCHEME, path: `/${place}`, query: JSON.stringify(shown) });
}
