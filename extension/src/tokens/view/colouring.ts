/** Tokens in the editor itself: each has one of two backgrounds in turn, for as long as this is on. */

import * as vscode from 'vscode';
import { showTokensMessage, type TokenView } from '../../protocol';
import { type Server, SERVED_SCHEMES } from '../../server/server';
import { errorSentence } from '../../text/format';

const CUT_AFTER_MS = 150;
/** Of a longer document only the lines around those that are seen are cut. */
const WHOLE_CHARACTERS = 400_000;
const LINES_AROUND = 500;
/** Lines beyond those that are seen which are coloured, so that scrolling finds them done. */
const LINES_AHEAD = 60;

interface Cut {
  version: number;
  /** Where the text begins in the document. */
  start: number;
  end: number;
  view: TokenView;
}

export class Colouring implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<boolean>();
  readonly onDidChange = this.changed.event;
  private readonly cuts = new WeakMap<vscode.TextDocument, Cut>();
  /** The cut that is to come, or is asked for, of each document. */
  private readonly pending = new Map<vscode.TextDocument, vscode.CancellationTokenSource>();
  private kinds: vscode.TextEditorDecorationType[] = [];
  private listening: vscode.Disposable | undefined;

  constructor(
    private readonly server: Server,
    /** The tokenizers that the user chose in the token view, if any. */
    private readonly chosen: () => string[],
  ) {}

  get isOn(): boolean {
    return this.listening !== undefined;
  }

  /** Cut again, because the tokenizer may be another one. */
  refresh(): void {
    for (const { document } of vscode.window.visibleTextEditors) {
      this.cuts.delete(document);
    }
    for (const editor of vscode.window.visibleTextEditors) {
      this.paint(editor);
    }
  }

  toggle(): void {
    if (this.isOn) {
      this.stop();
    } else {
      this.start();
    }
    this.changed.fire(this.isOn);
  }

  dispose(): void {
    this.stop();
    this.changed.dispose();
  }

  private start(): void {
    this.kinds = decorationKinds();
    this.listening = vscode.Disposable.from(
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const editor of editors) {
          this.paint(editor);
        }
      }),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        this.paint(textEditor);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        const [editor] = editorsOf(document);
        if (editor !== undefined && SERVED_SCHEMES.has(document.uri.scheme)) {
          this.cutSoon(editor);
        }
      }),
      vscode.window.onDidChangeActiveColorTheme(() => {
        this.stop();
        this.start();
      }),
    );
    for (const editor of vscode.window.visibleTextEditors) {
      this.paint(editor);
    }
  }

  private stop(): void {
    this.listening?.dispose();
    this.listening = undefined;
    for (const kind of this.kinds) {
      kind.dispose();
    }
    this.kinds = [];
    for (const one of this.pending.values()) {
      one.cancel();
    }
    this.pending.clear();
  }

  /** Cut the document of an editor, unless it is to be cut again before. */
  private cutSoon(editor: vscode.TextEditor): void {
    const { document } = editor;
    this.pending.get(document)?.cancel();
    const asked = new vscode.CancellationTokenSource();
    this.pending.set(document, asked);
    const timer = setTimeout(() => void this.cut(editor, asked.token), CUT_AFTER_MS);
    asked.token.onCancellationRequested(() => {
      clearTimeout(timer);
    });
  }

  private async cut(editor: vscode.TextEditor, token: vscode.CancellationToken): Promise<void> {
    const { document } = editor;
    const { version } = document;
    const range = toCut(editor);
    try {
      const textDocument = { uri: document.uri.toString() };
      const tokenizers = this.chosen().slice(0, 1);
      const { views } = await this.server.request(
        showTokensMessage,
        { textDocument, range, tokenizers },
        token,
      );
      const [view] = views;
      if (view === undefined || document.version !== version || token.isCancellationRequested) {
        return;
      }
      if (view.problem) {
        throw new Error(view.problem);
      }
      const start = range === undefined ? 0 : document.offsetAt(range.start);
      const end = range === undefined ? document.getText().length : document.offsetAt(range.end);
      this.pending.delete(document);
      this.cuts.set(document, { version, start, end, view });
      for (const one of editorsOf(document)) {
        this.paint(one, one === editor);
      }
    } catch (error) {
      if (token.isCancellationRequested) {
        return;
      }
      this.stop();
      this.changed.fire(false);
      void vscode.window.showErrorMessage(errorSentence(error));
    }
  }

  /** Colour what is seen in an editor, or have it cut first, if it may be. */
  private paint(editor: vscode.TextEditor, mayCut = true): void {
    const { document } = editor;
    if (!SERVED_SCHEMES.has(document.uri.scheme) || !this.isOn) {
      return;
    }
    const cut = this.cuts.get(document);
    const lines = seenLines(editor, LINES_AHEAD);
    const start = document.offsetAt(lines.start);
    const end = document.offsetAt(lines.end);
    if (cut?.version !== document.version || start < cut.start || end > cut.end) {
      const isAsked = this.pending.has(document) && toCut(editor) === undefined;
      if (mayCut && !isAsked) {
        this.cutSoon(editor);
      }
      return;
    }
    const ranges = rangesOf(cut, document, start, end);
    this.kinds.forEach((kind, at) => {
      editor.setDecorations(kind, ranges[at] ?? []);
    });
  }
}

/** The ranges of the tokens between two offsets: those of odd places, of even places, and parts of characters. */
function rangesOf(
  { start: from, view }: Cut,
  document: vscode.TextDocument,
  start: number,
  end: number,
): vscode.Range[][] {
  const ranges: vscode.Range[][] = [[], [], []];
  let turn = 0;
  view.starts.forEach((at, piece) => {
    const tokens = view.counts[piece] ?? 0;
    if (tokens === 0) {
      return;
    }
    turn += 1;
    const first = from + at;
    const last = from + (view.starts[piece + 1] ?? Number.MAX_SAFE_INTEGER - from);
    if (last > start && first < end) {
      const range = new vscode.Range(document.positionAt(first), document.positionAt(last));
      ranges[tokens > 1 ? 2 : turn % 2]?.push(range);
    }
  });
  return ranges;
}

function decorationKinds(): vscode.TextEditorDecorationType[] {
  const { HighContrast, HighContrastLight } = vscode.ColorThemeKind;
  const { kind } = vscode.window.activeColorTheme;
  const isHighContrast = kind === HighContrast || kind === HighContrastLight;
  const names = ['tokenBackground', 'tokenAlternateBackground', 'tokenPartBackground'];
  return names.map((name) =>
    vscode.window.createTextEditorDecorationType({
      backgroundColor: new vscode.ThemeColor(`semlens.${name}`),
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      ...(isHighContrast && {
        border: name === 'tokenPartBackground' ? '1px dashed' : '1px solid',
        borderColor: new vscode.ThemeColor('contrastBorder'),
      }),
    }),
  );
}

function editorsOf(document: vscode.TextDocument): vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
}

/** The part of a long document to cut; undefined for the whole of a document. */
function toCut(editor: vscode.TextEditor): vscode.Range | undefined {
  return editor.document.getText().length > WHOLE_CHARACTERS ? seenLines(editor, LINES_AROUND) : undefined;
}

/** The lines that are seen, and some above and below. */
function seenLines({ document, visibleRanges }: vscode.TextEditor, more: number): vscode.Range {
  const first = Math.max(0, (visibleRanges[0]?.start.line ?? 0) - more);
  const last = (visibleRanges.at(-1)?.end.line ?? 0) + more;
  return document.validateRange(new vscode.Range(first, 0, last + 1, 0));
}
