/** The text whose tokens are shown: a document or a part of it, which moves with the edits before it. */

import * as vscode from 'vscode';
import { showTokensMessage, type ShowTokensResult } from '../../protocol';
import { plainRange } from '../../server/positions';
import { type Server, SERVED_SCHEMES } from '../../server/server';

export class ShownText {
  /** Where the part is in the document, in UTF-16 units; undefined for the whole document. */
  private part: { start: number; end: number } | undefined;
  /** Whether the server has yet to say which definition is meant. */
  private asked: vscode.Range | undefined;

  constructor(
    private readonly server: Server,
    readonly document: vscode.TextDocument,
    range: vscode.Range | undefined,
  ) {
    this.asked = range;
  }

  /** Cut the text as it is now. Rejects with a sentence. */
  async cut(tokenizers: string[], token: vscode.CancellationToken): Promise<ShowTokensResult> {
    const { document } = this;
    const range = this.asked ?? this.range;
    const isServed = SERVED_SCHEMES.has(document.uri.scheme) && !document.isClosed;
    const result = await this.server.request(
      showTokensMessage,
      isServed
        ? { textDocument: { uri: document.uri.toString() }, range: range && plainRange(range), tokenizers }
        : { text: document.getText(range?.isEmpty === true ? undefined : range), tokenizers },
      token,
    );
    if (this.asked !== undefined && !token.isCancellationRequested) {
      this.settle(result, isServed ? undefined : range);
    }
    return result;
  }

  /** Follow an edit of the document. */
  edited(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    this.asked = undefined;
    const { part } = this;
    if (part === undefined) {
      return;
    }
    for (const { rangeOffset, rangeLength, text } of changes) {
      const end = rangeOffset + rangeLength;
      part.start = moved(part.start, rangeOffset, end, text.length, false);
      part.end = Math.max(part.start, moved(part.end, rangeOffset, end, text.length, true));
    }
  }

  /** The range in the document of a range in the shown text. */
  inDocument(start: number, end: number): vscode.Range {
    const from = this.part?.start ?? 0;
    return new vscode.Range(this.document.positionAt(from + start), this.document.positionAt(from + end));
  }

  /** The place in the shown text of a selection in the document; undefined if it lies outside. */
  inText(selection: vscode.Selection): { start: number; end: number } | undefined {
    const from = this.part?.start ?? 0;
    const start = this.document.offsetAt(selection.start) - from;
    const end = this.document.offsetAt(selection.end) - from;
    const outside = start < 0 || (this.part !== undefined && end > this.part.end - from);
    return outside ? undefined : { start, end };
  }

  private get range(): vscode.Range | undefined {
    return this.part && this.inDocument(0, this.part.end - this.part.start);
  }

  /** Take the part that the server chose, or else the one that it was sent. */
  private settle({ range }: ShowTokensResult, sent: vscode.Range | undefined): void {
    const { document } = this;
    this.asked = undefined;
    const chosen = range
      ? new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character)
      : sent;
    this.part =
      chosen && !chosen.isEmpty
        ? { start: document.offsetAt(chosen.start), end: document.offsetAt(chosen.end) }
        : undefined;
  }
}

/** Where an offset is after the text from `start` to `end` was replaced by `length` units. */
function moved(at: number, start: number, end: number, length: number, isEnd: boolean): number {
  if (at > end || (at === end && (isEnd || start < end))) {
    return at + length - (end - start);
  }
  return at <= start ? at : start + (isEnd ? length : 0);
}
