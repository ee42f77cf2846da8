/** The panel of the semantic map of one workspace folder. */

import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { mapMessage, mapNearMessage, type MapResult, searchMessage } from '../protocol';
import type { Server } from '../server/server';
import { formatPercent } from '../text/amounts';
import { errorSentence } from '../text/format';
import { html, pagesFolder } from '../view/html';
import { showPlace } from '../view/showPlace';
import type { FromPage, PlaceInFile, ToPage } from './messages';
import { t } from '../text/words';

/** Hits that light up: more in a larger folder, where they tell a place. */
const MOST_HITS = 50;
const FEWEST_HITS = 10;
const SHARE_OF_HITS = 0.05;
/** Lines of code that a hover shows. */
const LINES = 14;

/** Opens the list to search in some files of a folder. */
export type SearchIn = (folder: vscode.WorkspaceFolder, paths: readonly string[]) => void;

export class MapPanel {
  private readonly panel: vscode.WebviewPanel;
  private map: MapResult | undefined;
  private drawing: vscode.CancellationTokenSource | undefined;
  private asking: vscode.CancellationTokenSource | undefined;
  /** Whether the last drawing failed, so that it is tried again when the server runs. */
  private failed = false;

  constructor(
    private readonly server: Server,
    extension: vscode.Uri,
    readonly folder: vscode.WorkspaceFolder,
    private readonly searchIn: SearchIn,
  ) {
    const title = t('Map of {0}', folder.name);
    this.panel = vscode.window.createWebviewPanel('semlens.map', title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [pagesFolder(extension)],
    });
    this.panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
    this.panel.webview.onDidReceiveMessage((message: FromPage) => void this.received(message));
    const listening = server.onDidChangeState(({ kind }) => {
      if (kind === 'running' && this.failed) {
        void this.draw();
      }
    });
    this.panel.onDidDispose(() => {
      listening.dispose();
      this.drawing?.cancel();
      this.asking?.cancel();
    });
    this.panel.webview.html = html(this.panel.webview, extension, 'map', title);
  }

  onDidDispose(done: () => void): void {
    this.panel.onDidDispose(done);
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** Draw the code as it is now; what was there stays where it was. */
  async draw(again = false): Promise<void> {
    this.drawing?.cancel();
    const drawing = new vscode.CancellationTokenSource();
    this.drawing = drawing;
    this.failed = false;
    const folder = this.folder.uri.toString();
    const workDoneToken = randomUUID();
    this.post({ kind: 'drawing', text: t('Reading the definitions') });
    try {
      await this.server.untilRunning();
      const listening = this.server.onWorkDone(workDoneToken, (value) => {
        if (value.kind === 'report') {
          this.post({
            kind: 'drawing',
            text: `${value.message ?? ''}: ${formatPercent((value.percentage ?? 0) / 100)}`,
          });
        }
      });
      try {
        this.map = await this.server.request(mapMessage, { folder, again, workDoneToken }, drawing.token);
      } finally {
        listening.dispose();
      }
      this.show();
    } catch (error) {
      if (!drawing.token.isCancellationRequested) {
        this.failed = true;
        this.post({ kind: 'failed', message: errorSentence(error) });
      }
    }
  }

  private show(): void {
    if (this.map !== undefined) {
      this.post({ kind: 'show', map: this.map, folder: this.folder.name });
    }
  }

  private async received(message: FromPage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.show(); // a page that was hidden is made again
        await this.draw();
        break;
      case 'again':
        await this.draw(true);
        break;
      case 'open':
        await this.open(message.place, message.take);
        break;
      case 'code':
        this.post({ kind: 'code', point: message.point, text: await this.code(message.place) });
        break;
      case 'near':
        await this.near(message.point, message.place);
        break;
      case 'ask':
        await this.ask(message.question);
        break;
      case 'scope':
        this.searchIn(this.folder, message.paths);
    }
  }

  private async open({ path, line }: PlaceInFile, take: boolean): Promise<void> {
    try {
      const options = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: !take, preview: true };
      await showPlace(this.uriOf(path), line, options);
    } catch (error) {
      void vscode.window.showErrorMessage(errorSentence(error));
    }
  }

  private async code({ path, line, endLine }: PlaceInFile): Promise<string> {
    try {
      const document = await vscode.workspace.openTextDocument(this.uriOf(path));
      const end = Math.min(endLine + 1, line + LINES);
      const text = document.getText(new vscode.Range(line, 0, end, 0)).trimEnd();
      return endLine + 1 > end ? `${text}\n…` : text;
    } catch {
      return ''; // its name is shown all the same
    }
  }

  private async near(point: number, { path, line }: PlaceInFile): Promise<void> {
    try {
      const params = { folder: this.folder.uri.toString(), path, line };
      const { near } = await this.server.request(mapNearMessage, params);
      this.post({ kind: 'near', point, near });
    } catch (error) {
      this.post({ kind: 'drawing', text: errorSentence(error) });
    }
  }

  private async ask(question: string): Promise<void> {
    this.asking?.cancel();
    const asking = new vscode.CancellationTokenSource();
    this.asking = asking;
    const wanted = Math.round(SHARE_OF_HITS * (this.map?.points ?? 0));
    const limit = Math.min(Math.max(wanted, FEWEST_HITS), MOST_HITS);
    const params = { query: question, limit, wait: true, folders: [this.folder.uri.toString()] };
    try {
      const { hits, weak } = await this.server.request(searchMessage, params, asking.token);
      const problem = hits.length === 0 ? t('Nothing was found.') : weak ? t('Nothing matches well.') : '';
      this.post({ kind: 'answered', question, hits: hits.map((hit) => this.placeOf(hit)), problem });
    } catch (error) {
      if (!asking.token.isCancellationRequested) {
        this.post({ kind: 'answered', question, hits: [], problem: errorSentence(error) });
      }
    }
  }

  private placeOf({ uri, range }: { uri: string; range: { start: { line: number } } }): PlaceInFile {
    const path = vscode.Uri.parse(uri).path.slice(this.folder.uri.path.replace(/\/$/, '').length + 1);
    return { path, line: range.start.line, endLine: range.start.line };
  }

  private uriOf(path: string): vscode.Uri {
    return vscode.Uri.joinPath(this.folder.uri, path);
  }

  private post(message: ToPage): void {
    void this.panel.webview.postMessage(message);
  }
}
