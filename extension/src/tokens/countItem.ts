/** The status bar item with the tokens of the selection, or else of the document, while it is typed. */

import * as vscode from 'vscode';
import { countMessage, type CountParams, type TokenCount } from '../protocol';
import { plainRange } from '../server/positions';
import { type Server, SERVED_SCHEMES } from '../server/server';
import { formatShare, formatTokens } from '../text/amounts';
import { t } from '../text/words';

const COUNT_AFTER_MS = 150;
/** Longer texts are not counted: editors do not work well with them either. */
const MAX_CHARACTERS = 20_000_000;
/** Documents that the server does not have are sent to it, if they are short. */
const MAX_SENT_CHARACTERS = 2_000_000;

const CHOOSE_COMMAND = 'semlens.chooseTokenizer';

/** Counts what the user sees: once at a time, and again if it has changed meanwhile. */
export class CountItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'semlens.tokens',
    vscode.StatusBarAlignment.Right,
    100.1,
  );
  private timer: NodeJS.Timeout | undefined;
  private running: vscode.CancellationTokenSource | undefined;
  private isStale = false;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.item.name = t('Semlens: Tokens');
    this.item.command = CHOOSE_COMMAND;
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.restart();
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === vscode.window.activeTextEditor) {
          this.changed();
        }
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && document === vscode.window.activeTextEditor?.document) {
          this.changed();
        }
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('semlens')) {
          this.restart();
        }
      }),
      server.onDidChangeState(() => {
        this.restart();
      }),
    ];
    this.restart();
  }

  dispose(): void {
    this.stop();
    vscode.Disposable.from(this.item, ...this.subscriptions).dispose();
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isStale = false;
    this.running?.cancel();
    this.running = undefined;
  }

  /** Another text: what is being counted is no longer wanted. */
  private restart(): void {
    this.stop();
    this.changed();
  }

  /** The same text, changed: typing does not put off the count, so that it is shown meanwhile. */
  private changed(): void {
    if (this.running !== undefined) {
      this.isStale = true;
    } else {
      this.timer ??= setTimeout(() => void this.count(), COUNT_AFTER_MS);
    }
  }

  private async count(): Promise<void> {
    this.timer = undefined;
    const asked = this.server.state.kind === 'running' ? wantedCount() : undefined;
    if (asked === undefined) {
      this.item.hide();
      return;
    }
    const sent = new vscode.CancellationTokenSource();
    this.running = sent;
    try {
      const { counts } = await this.server.request(countMessage, asked, sent.token);
      if (!sent.token.isCancellationRequested) {
        this.show(counts, asked);
      }
    } catch {
      if (!sent.token.isCancellationRequested) {
        this.item.hide(); // the other status bar item says what is wrong with the server
      }
    } finally {
      sent.dispose();
      if (this.running === sent) {
        this.running = undefined;
        if (this.isStale) {
          this.isStale = false;
          this.changed();
        }
      }
    }
  }

  private show(counts: readonly TokenCount[], { ranges = [], text }: CountParams): void {
    const [embedding, billed] = counts;
    if (embedding === undefined || billed === undefined) {
      this.item.hide();
      return;
    }
    const isSelection = ranges.length > 0 || text !== undefined;
    const tokens = formatTokens(billed.tokens);
    const shown = isSelection ? t('{0} selected', tokens) : tokens;
    this.item.text = billed.problem ? `$(warning) ${t('tokens')}` : shown;
    const said = [billed, embedding].map(sentence).join('\n');
    this.item.tooltip = isSelection
      ? t('Tokens of the selection\n{0}\nClick to choose another tokenizer', said)
      : t('Tokens of this file\n{0}\nClick to choose another tokenizer', said);
    this.item.accessibilityInformation = {
      label: `Semlens: ${billed.problem ?? t('{0} in {1}', shown, billed.tokenizer)}`,
      role: 'button',
    };
    this.item.show();
  }
}

/** What the settings want to be counted; undefined for nothing. */
function wantedCount(): CountParams | undefined {
  const settings = vscode.workspace.getConfiguration('semlens');
  const wanted = settings.get<string>('statusBar', 'document');
  const asked = wanted === 'off' ? undefined : countable();
  const isSelection = asked?.text !== undefined || (asked?.ranges ?? []).length > 0;
  if (asked === undefined || (wanted === 'selection' && !isSelection)) {
    return undefined;
  }
  return { ...asked, tokenizers: settings.get<string[]>('tokenizers', []).slice(0, 1) };
}

/** The selections of the active editor, else its document; undefined if it is too long, or not the server's. */
export function countable(): CountParams | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return undefined;
  }
  const { document } = editor;
  const selections = editor.selections.filter((selection) => !selection.isEmpty);
  const isServed = SERVED_SCHEMES.has(document.uri.scheme);
  const size = characters(document, selections);
  if (size > (isServed ? MAX_CHARACTERS : MAX_SENT_CHARACTERS)) {
    return undefined;
  }
  if (isServed) {
    const ranges = selections.map(plainRange);
    return { textDocument: { uri: document.uri.toString() }, ranges };
  }
  return selections.length === 0
    ? undefined
    : { text: selections.map((selection) => document.getText(selection)).join('\n') };
}

function characters(document: vscode.TextDocument, selections: readonly vscode.Selection[]): number {
  if (selections.length === 0) {
    return document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
  }
  return selections.reduce(
    (sum, { start, end }) => sum + document.offsetAt(end) - document.offsetAt(start),
    0,
  );
}

/** "o200k_base: 1,204 tokens, 0.9% of the window of GPT-4o". */
function sentence({ tokenizer, tokens, problem, window, windowOf }: TokenCount): string {
  if (problem) {
    return `${tokenizer}: ${problem}`;
  }
  const counts = formatTokens(tokens);
  if (!window) {
    return `${tokenizer}: ${counts}`;
  }
  const share = formatShare(tokens / window);
  return windowOf
    ? t('{0}: {1}, {2} of the window of {3}', tokenizer, counts, share, windowOf)
    : t('{0}: {1}, {2} of {3}', tokenizer, counts, share, formatTokens(window));
}
