/** The page of the playground: what it asks is asked of the server, about the user's own code. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import {
  type CodePart,
  compareMessage,
  networksMessage,
  searchMessage,
  showTokensMessage,
  speedMessage,
  wordInContextMessage,
} from '../protocol';
import type { Server } from '../server/server';
import { errorSentence } from '../text/format';
import { t } from '../text/words';
import { getTokenizer } from '../tokens/getTokenizer';
import { html, pagesFolder } from '../view/html';
import { showPlace } from '../view/showPlace';
import {
  type AskName,
  type Asks,
  type Code,
  COMMANDS,
  type FromPage,
  type StepName,
  type ToPage,
} from './messages';

/** Hits of each way to search. */
const HITS = 5;
/** Any function will do where no editor is open. */
const SOME_CODE = 'function';

type Answerer = { [Name in AskName]: (params: Asks[Name]['params']) => Promise<Asks[Name]['answer']> };

export class PlaygroundPanel {
  private readonly panel: vscode.WebviewPanel;
  private readonly closing = new vscode.CancellationTokenSource();
  private readonly following: vscode.Disposable;
  private editor = vscode.window.activeTextEditor;
  private step: StepName | undefined;
  /** Whether the server could not run when it was asked. */
  private failed = false;
  private readonly answers: Answerer;

  constructor(
    private readonly server: Server,
    extension: vscode.Uri,
    private readonly folder: vscode.WorkspaceFolder,
  ) {
    const title = t('Playground');
    this.panel = vscode.window.createWebviewPanel('semlens.playground', title, vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [pagesFolder(extension)],
    });
    this.panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.png');
    const { webview } = this.panel;
    const fill = (): void => {
      this.failed = false;
      webview.html = html(webview, extension, 'playground', title);
    };
    this.following = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        this.editor = editor ?? this.editor;
      }),
      server.onDidChangeState(({ kind }) => {
        if (kind === 'running' && this.failed) {
          fill();
        }
      }),
    );
    this.answers = this.answerer();
    this.panel.webview.onDidReceiveMessage((message: FromPage) => void this.received(message));
    this.panel.onDidDispose(() => {
      this.following.dispose();
      this.closing.cancel();
    });
    fill();
  }

  onDidDispose(done: () => void): void {
    this.panel.onDidDispose(done);
  }

  show(step: StepName | undefined): void {
    this.step = step;
    this.panel.reveal();
    if (step !== undefined) {
      this.post({ kind: 'step', step });
    }
  }

  dispose(): void {
    this.panel.dispose();
  }

  private async received(message: FromPage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        if (this.step !== undefined) {
          this.post({ kind: 'step', step: this.step });
        }
        break;
      case 'ask':
        await this.answer(message.id, message.what, message.params);
        break;
      case 'open':
        await this.open(message.uri, message.line);
        break;
      case 'run':
        if (COMMANDS.includes(message.command)) {
          await vscode.commands.executeCommand(`semlens.${message.command}`);
        }
    }
  }

  private async answer<Name extends AskName>(
    id: number,
    what: Name,
    params: Asks[Name]['params'],
  ): Promise<void> {
    try {
      this.post({ kind: 'answer', id, answer: await this.answers[what](params) });
    } catch (error) {
      this.failed ||= this.server.state.kind !== 'running';
      if (!this.closing.token.isCancellationRequested) {
        this.post({ kind: 'problem', id, text: errorSentence(error) });
      }
    }
  }

  private answerer(): Answerer {
    const { server } = this;
    const folder = this.folder.uri.toString();
    const { token } = this.closing;
    return {
      code: () => this.code(),
      networks: () => server.request(networksMessage, { folder }, token),
      speed: ({ deep }) => server.request(speedMessage, { folder, deep }, token),
      tokens: ({ text, tokenizer }) => {
        const textDocument = { uri: folder }; // the settings are those of the folder
        return server.request(showTokensMessage, { text, textDocument, tokenizers: [tokenizer] }, token);
      },
      get: ({ tokenizer, megabytes }) =>
        getTokenizer(server, { name: tokenizer, megabytes, models: '', here: false, licence: '' }),
      compare: ({ one, other, deep }) =>
        server.request(compareMessage, { one: this.part(one), other: this.part(other), deep }, token),
      context: ({ word, texts }) => server.request(wordInContextMessage, { folder, word, texts }, token),
      search: ({ query, tiers, wait }) =>
        server.request(searchMessage, { query, tiers, wait, limit: HITS, folders: [folder] }, token),
    };
  }

  /** A text that was typed. */
  private part(text: string): CodePart {
    const start = { line: 0, character: 0 };
    return { textDocument: { uri: this.folder.uri.toString() }, range: { start, end: start }, text };
  }

  private async code(): Promise<Code> {
    const { editor } = this;
    if (editor !== undefined && !editor.document.isClosed) {
      const { document, selection } = editor;
      const place = { start: selection.start, end: selection.end };
      const asked = { textDocument: { uri: document.uri.toString() }, range: place };
      const { text, range } = await this.server.request(showTokensMessage, asked, this.closing.token);
      if (text.trim() !== '') {
        return { text, name: nameOf(document.uri, range?.start.line ?? 0) };
      }
    }
    const found = { query: SOME_CODE, limit: 1, folders: [this.folder.uri.toString()] };
    const [hit] = (await this.server.request(searchMessage, found, this.closing.token)).hits;
    if (hit === undefined) {
      return { text: '', name: '' };
    }
    const uri = vscode.Uri.parse(hit.uri);
    const { start, end } = hit.range;
    const document = await vscode.workspace.openTextDocument(uri);
    const text = document.getText(new vscode.Range(start.line, 0, end.line, end.character));
    return { text, name: nameOf(uri, start.line) };
  }

  private async open(uri: string, line: number): Promise<void> {
    try {
      await showPlace(vscode.Uri.parse(uri), line, { viewColumn: vscode.ViewColumn.Beside, preview: true });
    } catch (error) {
      void vscode.window.showErrorMessage(errorSentence(error));
    }
  }

  private post(message: ToPage): void {
    void this.panel.webview.postMessage(message);
  }
}

function nameOf(uri: vscode.Uri, line: number): string {
  const file = vscode.workspace.asRelativePath(uri);
  return `${path.isAbsolute(file) ? path.basename(file) : file}:${line + 1}`;
}
