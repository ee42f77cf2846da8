/** The open search editors: each asks when its header changes, and has the answer drawn below. */

import * as vscode from 'vscode';
import type { Server } from '../server/server';
import { errorSentence } from '../text/format';
import { type Answer, ask } from './ask';
import { formatHeader, type Header } from './header';
import { existing } from './places';
import { isSearchEditor, LANGUAGE, read } from './read';
import { t } from '../text/words';
import { SCHEME, type UnsavedSearches } from './unsaved';

const ASK_AFTER_MS = 500;
/** Files whose existence is checked when a saved search is opened. */
const MOST_CHECKED = 50;

/** What is known of a document beside its text. */
interface State {
  /** The header that was last asked, or that the document came with. */
  asked: string;
  timer?: NodeJS.Timeout;
  request?: vscode.CancellationTokenSource | undefined;
  /** The words of the question that stand in the hits. */
  words: string[];
  /** How many of its files were not in this workspace when it was opened, and of how many. */
  missing?: { files: number; of: number } | undefined;
}

export class SearchEditors implements vscode.Disposable {
  private readonly states = new Map<vscode.TextDocument, State>();
  private readonly changed = new vscode.EventEmitter<vscode.TextDocument>();
  /** Fires when there is something new to say of a document. */
  readonly onDidChange = this.changed.event;
  private readonly problems = vscode.languages.createDiagnosticCollection(LANGUAGE);
  private readonly listening: vscode.Disposable;

  constructor(
    private readonly server: Server,
    private readonly unsaved: UnsavedSearches,
  ) {
    this.listening = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument((document) => void this.opened(document)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) {
          this.edited(document);
        }
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.closed(document);
      }),
    );
    for (const document of vscode.workspace.textDocuments) {
      void this.opened(document);
    }
  }

  /** Open an editor that asks `header`; without a question, one to write it. */
  async open(header: Header): Promise<void> {
    const text = formatHeader(header);
    const document = await this.unsaved.create(
      header.question || (header.similar?.path ?? ''),
      `${text}\n\n`,
    );
    const [first = ''] = text.split('\n');
    const end = new vscode.Position(0, first.length);
    await vscode.window.showTextDocument(document, {
      preview: false,
      selection: new vscode.Range(end, end),
    });
    await this.run(document);
  }

  /** Ask what the header says now. */
  async run(document: vscode.TextDocument): Promise<void> {
    const state = this.stateOf(document);
    clearTimeout(state.timer);
    state.request?.cancel();
    const request = new vscode.CancellationTokenSource();
    state.request = request;
    state.missing = undefined;
    const { asked } = read(document);
    state.asked = asked;
    const answer = await this.answer(document, request.token);
    if (answer !== undefined && !document.isClosed && read(document).asked === asked) {
      state.words = answer.words;
      await draw(document, answer.rows);
      this.changed.fire(document);
    }
    if (document.uri.scheme === SCHEME && document.isDirty) {
      await document.save();
    }
    request.dispose();
  }

  wordsOf(document: vscode.TextDocument): readonly string[] {
    return this.states.get(document)?.words ?? [];
  }

  missingOf(document: vscode.TextDocument): State['missing'] {
    return this.states.get(document)?.missing;
  }

  dispose(): void {
    this.listening.dispose();
    for (const document of [...this.states.keys()]) {
      this.closed(document);
    }
    this.problems.dispose();
    this.changed.dispose();
  }

  /** The answer to draw; undefined if there is another question by now. */
  private async answer(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<Answer | undefined> {
    const { header, problems } = read(document);
    this.mark(document);
    const [problem] = problems;
    if (problem !== undefined) {
      return { rows: [problem.text, ...oldRows(document)], words: [] };
    }
    if (header.question === '' && header.similar === undefined) {
      return { rows: [t('Write a question after “Search:”, in your own words or in code.')], words: [] };
    }
    try {
      const progress = { location: vscode.ProgressLocation.Window, title: t('Searching by meaning') };
      const answer = await vscode.window.withProgress(progress, () => ask(this.server, header, token));
      return token.isCancellationRequested ? undefined : answer;
    } catch (error) {
      return token.isCancellationRequested ? undefined : { rows: [errorSentence(error)], words: [] };
    }
  }

  /** Underline the lines of the header that are wrong. */
  private mark(document: vscode.TextDocument): void {
    const { problems, lines } = read(document);
    const marks = problems.map(({ row, text }) => {
      const range = new vscode.Range(row, 0, row, lines[row]?.length ?? 0);
      return new vscode.Diagnostic(range, text, vscode.DiagnosticSeverity.Warning);
    });
    this.problems.set(document.uri, marks);
  }

  private stateOf(document: vscode.TextDocument): State {
    const state = this.states.get(document) ?? { asked: read(document).asked, words: [] };
    this.states.set(document, state);
    return state;
  }

  /** A saved search is shown as it was saved. */
  private async opened(document: vscode.TextDocument): Promise<void> {
    if (!isSearchEditor(document) || this.states.has(document)) {
      return;
    }
    const state = this.stateOf(document);
    this.mark(document);
    const paths = [...new Set(read(document).shown.map(({ path }) => path))].slice(0, MOST_CHECKED);
    const found = await Promise.all(paths.map(existing));
    const files = found.filter((uri) => uri === undefined).length;
    state.missing = files > 0 ? { files, of: paths.length } : undefined;
    this.changed.fire(document);
  }

  private edited(document: vscode.TextDocument): void {
    if (!isSearchEditor(document)) {
      return;
    }
    const state = this.stateOf(document);
    if (read(document).asked !== state.asked) {
      state.request?.cancel();
      clearTimeout(state.timer);
      state.timer = setTimeout(() => void this.run(document), ASK_AFTER_MS);
    }
    this.changed.fire(document);
  }

  private closed(document: vscode.TextDocument): void {
    const state = this.states.get(document);
    clearTimeout(state?.timer);
    state?.request?.cancel();
    this.states.delete(document);
    this.problems.delete(document.uri);
  }
}

/** The rows of the hits that are there. */
function oldRows(document: vscode.TextDocument): string[] {
  const { shown, lines } = read(document);
  const first = shown[0]?.row;
  return first === undefined ? [] : ['', ...lines.slice(first)];
}

/** Replaces what is below the header, and leaves the cursor where it was. */
async function draw(document: vscode.TextDocument, rows: readonly string[]): Promise<void> {
  const { rows: header, lines } = read(document);
  const last = Math.max(0, header - 1);
  const start = new vscode.Position(last, header === 0 ? 0 : (lines[last]?.length ?? 0));
  const end = document.lineAt(document.lineCount - 1).range.end;
  const text = `\n\n${rows.join('\n').trimEnd()}\n`;
  if (document.getText(new vscode.Range(start, end)).replace(/\r\n|\r/g, '\n') === text) {
    return;
  }
  const editors = vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
  const selections = editors.map((editor) => editor.selections);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(start, end), text);
  await vscode.workspace.applyEdit(edit);
  editors.forEach((editor, at) => {
    editor.selections = selections[at] ?? editor.selections;
  });
}
