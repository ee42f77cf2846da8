/** The token view: a page beside the editor, linked with it both ways. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ShowTokensResult } from '../../protocol';
import type { Server } from '../../server/server';
import { errorSentence } from '../../text/format';
import type { Colouring } from './colouring';
import { html, pagesFolder } from '../../view/html';
import type { FromPage, ToPage } from './messages';
import { ShownText } from './shownText';
import { t } from '../../text/words';

const CUT_AFTER_MS = 150;
/** Where the tokenizers that the user chose are kept. */
const CHOSEN = 'semlens.tokenView.tokenizers';

export function chosenTokenizers(memento: vscode.Memento): string[] {
  return memento.get<string[]>(CHOSEN, []);
}

export class TokenPanel implements vscode.Disposable {
  private readonly panel: vscode.WebviewPanel;
  private readonly pointer = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
    border: '1px solid',
    borderColor: new vscode.ThemeColor('focusBorder'),
    borderRadius: '2px',
  });
  private readonly subscriptions: vscode.Disposable[] = [];
  private shown: ShownText | undefined;
  private latest: ToPage | undefined;
  private request: vscode.CancellationTokenSource | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly server: Server,
    private readonly memento: vscode.Memento,
    private readonly colouring: Colouring,
    extension: vscode.Uri,
  ) {
    this.panel = vscode.window.createWebviewPanel(
      'semlens.tokens',
      t('Tokens'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [pagesFolder(extension)] },
    );
    this.panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
    this.subscriptions.push(
      this.panel.webview.onDidReceiveMessage((message: FromPage) => {
        this.received(message);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document === this.shown?.document && contentChanges.length > 0) {
          this.shown.edited(contentChanges);
          this.cutSoon();
        }
      }),
      vscode.window.onDidChangeTextEditorSelection((event) => {
        this.selected(event);
      }),
      colouring.onDidChange((coloured) => {
        this.send({ kind: 'coloured', coloured });
      }),
    );
    this.panel.webview.html = html(this.panel.webview, extension, 'tokens', t('Tokens'));
  }

  onDidDispose(done: () => void): void {
    this.subscriptions.push(this.panel.onDidDispose(done));
  }

  /** Show the tokens of a document, or of a part: an empty range is the definition there. */
  show(document: vscode.TextDocument, range: vscode.Range | undefined): Promise<void> {
    this.point();
    this.shown = new ShownText(this.server, document, range);
    this.panel.title = t('Tokens of {0}', path.basename(document.uri.path));
    if (!this.panel.visible) {
      this.panel.reveal(undefined, true);
    }
    return this.cut();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.request?.cancel();
    for (const one of [...this.subscriptions, this.pointer, this.panel]) {
      one.dispose();
    }
  }

  private cutSoon(): void {
    clearTimeout(this.timer);
    this.request?.cancel();
    this.timer = setTimeout(() => void this.cut(), CUT_AFTER_MS);
  }

  private async cut(): Promise<void> {
    const { shown } = this;
    clearTimeout(this.timer);
    this.request?.cancel();
    if (shown === undefined) {
      return;
    }
    const sent = new vscode.CancellationTokenSource();
    this.request = sent;
    try {
      const result = await shown.cut(chosenTokenizers(this.memento), sent.token);
      if (!sent.token.isCancellationRequested) {
        this.keep(this.message(result));
        this.mark();
      }
    } catch (error) {
      if (!sent.token.isCancellationRequested) {
        this.keep({ kind: 'problem', text: errorSentence(error) });
      }
    } finally {
      sent.dispose();
    }
  }

  private message(result: ShowTokensResult): ToPage {
    return { kind: 'show', result, title: this.panel.title, coloured: this.colouring.isOn };
  }

  /** Send what a page that is made again, after it was hidden, has to show too. */
  private keep(message: ToPage): void {
    this.latest = message;
    this.send(message);
  }

  private send(message: ToPage): void {
    void this.panel.webview.postMessage(message);
  }

  private received(message: FromPage): void {
    switch (message.kind) {
      case 'ready':
        if (this.latest !== undefined) {
          this.send(
            this.latest.kind === 'show' ? { ...this.latest, coloured: this.colouring.isOn } : this.latest,
          );
          this.mark();
        }
        break;
      case 'choose':
        void this.memento.update(CHOSEN, message.tokenizers).then(() => {
          this.colouring.refresh();
          return this.cut();
        });
        break;
      case 'point':
        this.point(message.start, message.end);
        break;
      case 'select':
        void this.select(message.start, message.end, message.focus);
        break;
      case 'colour':
        this.colouring.toggle();
        break;
    }
  }

  /** Mark in the page where the cursor is in the editor. */
  private mark(): void {
    const selection = this.editor()?.selection;
    this.send({ kind: 'cursor', ...(selection && this.shown?.inText(selection)) });
  }

  private selected({ textEditor, kind }: vscode.TextEditorSelectionChangeEvent): void {
    if (textEditor.document === this.shown?.document && kind !== undefined) {
      this.mark();
    }
  }

  /** Mark in the editor the token that the pointer is on in the page. */
  private point(start?: number, end?: number): void {
    const { shown } = this;
    const range = shown && start !== undefined && end !== undefined ? [shown.inDocument(start, end)] : [];
    for (const editor of this.editors()) {
      editor.setDecorations(this.pointer, range);
    }
    if (range[0] !== undefined) {
      this.editor()?.revealRange(range[0], vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }

  private async select(start: number, end: number, focus: boolean): Promise<void> {
    const { shown } = this;
    if (shown === undefined) {
      return;
    }
    const range = shown.inDocument(start, end);
    const open = this.editor();
    if (open === undefined || focus) {
      const viewColumn = open?.viewColumn ?? vscode.ViewColumn.One;
      await vscode.window.showTextDocument(shown.document, {
        viewColumn,
        selection: range,
        preserveFocus: !focus,
      });
      return;
    }
    open.selection = new vscode.Selection(range.start, range.end);
    open.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  private editor(): vscode.TextEditor | undefined {
    return this.editors()[0];
  }

  private editors(): vscode.TextEditor[] {
    return vscode.window.visibleTextEditors.filter(({ document }) => document === this.shown?.document);
  }
}
