/** Above each definition that has near copies: how many, and where they are. Off unless the setting is on. */

import * as vscode from 'vscode';
import { duplicatesMessage, type DuplicatesResult } from '../protocol';
import type { KeptHit } from '../results/kept';
import { relocated } from '../results/open';
import type { Server } from '../server/server';
import { formatLocation } from '../text/format';
import { keptCopy } from './hits';
import { counted, t } from '../text/words';

const SETTING = 'semlens.duplicateHints';
const LIMIT = 1_000;
/** After a file was saved, when the index has read it. */
const ASK_AFTER_MS = 5_000;

/** A copy, and the others of its group. */
interface Copy {
  hit: KeptHit;
  others: KeptHit[];
}

export function registerCopyHints(server: Server): vscode.Disposable {
  let hints: CopyHints | undefined;
  const follow = (): void => {
    hints?.dispose();
    const wanted = vscode.workspace.getConfiguration().get(SETTING) === true;
    hints = wanted ? new CopyHints(server) : undefined;
  };
  follow();
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SETTING)) {
        follow();
      }
    }),
    new vscode.Disposable(() => hints?.dispose()),
  );
}

class CopyHints implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly listening: vscode.Disposable;
  /** File → its copies; undefined until they are asked for. */
  private copies: Map<string, Copy[]> | undefined;
  private asking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly server: Server) {
    this.listening = vscode.Disposable.from(
      vscode.languages.registerCodeLensProvider({ scheme: 'file' }, this),
      vscode.workspace.onDidSaveTextDocument(() => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.ask(), ASK_AFTER_MS);
      }),
      server.onDidChangeState(({ kind }) => {
        if (kind === 'running' && this.copies === undefined) {
          this.changed.fire();
        }
      }),
    );
  }

  /** Those of files that nobody looks at are not asked for. */
  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (this.copies === undefined) {
      void this.ask();
      return [];
    }
    const found = this.copies.get(document.uri.toString()) ?? [];
    const lines = found.length > 0 ? document.getText().split(/\r\n|\r|\n/) : [];
    return found
      .map(({ hit, others }) => ({ hit: relocated(hit, lines), others }))
      .filter(({ hit }) => !hit.stale)
      .map(({ hit, others }) => lens(document, hit, others));
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.listening.dispose();
    this.changed.dispose();
  }

  private ask(): Promise<void> {
    this.asking ??= this.load().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async load(): Promise<void> {
    try {
      const result = await this.server.request(duplicatesMessage, { limit: LIMIT });
      this.copies = byFile(result);
      this.changed.fire();
      if (result.coverage < 1) {
        this.timer = setTimeout(() => void this.ask(), ASK_AFTER_MS);
      }
    } catch {
      // Hints say nothing while there is no answer.
    }
  }
}

function byFile({ groups }: DuplicatesResult): Map<string, Copy[]> {
  const files = new Map<string, Copy[]>();
  for (const { copies } of groups) {
    const hits = copies.map(keptCopy);
    for (const hit of hits) {
      const others = hits.filter((other) => other !== hit);
      files.set(hit.uri, [...(files.get(hit.uri) ?? []), { hit, others }]);
    }
  }
  return files;
}

/** "Near copy of src/cart.ts:12", which shows the copies in the editor's own list of references. */
function lens(document: vscode.TextDocument, hit: KeptHit, others: readonly KeptHit[]): vscode.CodeLens {
  const [first] = others;
  const title =
    others.length === 1 && first !== undefined
      ? t('Near copy of {0}', formatLocation(vscode.Uri.parse(first.uri), first.line))
      : counted(others.length, '{0} near copy', '{0} near copies');
  const position = new vscode.Position(hit.line, 0);
  const locations = others.map(
    ({ uri, line }) => new vscode.Location(vscode.Uri.parse(uri), new vscode.Position(line, 0)),
  );
  return new vscode.CodeLens(new vscode.Range(position, position), {
    title,
    command: 'editor.action.peekLocations',
    arguments: [document.uri, position, locations, 'peek'],
  });
}
