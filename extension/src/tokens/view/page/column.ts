/** A text as one tokenizer cuts it, ready to be drawn and asked about. */

import type { TokenName, TokenView } from '../../../protocol';
import { figure, t } from '../../../text/words';

export class Column {
  private readonly names: ReadonlyMap<number, TokenName>;
  private readonly special: ReadonlySet<number>;
  private readonly differing: ReadonlySet<number>;
  /** The number of tokens before each piece. */
  private readonly before: Uint32Array;
  /** The number of pieces with tokens before each piece. */
  private readonly turns: Uint32Array;

  constructor(
    readonly view: TokenView,
    private readonly text: string,
  ) {
    this.names = new Map(view.names.map((name) => [name.id, name]));
    this.special = new Set(view.special);
    this.differing = new Set(view.differs);
    this.before = new Uint32Array(view.starts.length);
    this.turns = new Uint32Array(view.starts.length);
    let tokens = 0;
    let turn = 0;
    view.counts.forEach((count, piece) => {
      this.before[piece] = tokens;
      this.turns[piece] = turn;
      tokens += count;
      turn += count > 0 ? 1 : 0;
    });
  }

  get pieces(): number {
    return this.view.starts.length;
  }

  start(piece: number): number {
    return this.view.starts[piece] ?? this.text.length;
  }

  end(piece: number): number {
    return this.start(piece + 1);
  }

  /** The piece that holds an offset of the text. */
  at(offset: number): number {
    let [low, high] = [0, this.pieces - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.start(middle) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The nearest piece with tokens from `piece` on, in steps of 1 or -1. */
  next(piece: number, step: 1 | -1): number | undefined {
    for (let at = piece; at >= 0 && at < this.pieces; at += step) {
      if ((this.view.counts[at] ?? 0) > 0) {
        return at;
      }
    }
    return undefined;
  }

  /** The piece that begins the next line, or the line before. */
  lineStart(piece: number, step: 1 | -1): number {
    const { text } = this;
    const own = text.lastIndexOf('\n', this.start(piece) - 1) + 1;
    if (step < 0) {
      return this.at(own < 2 ? 0 : text.lastIndexOf('\n', own - 2) + 1);
    }
    const newline = text.indexOf('\n', Math.max(this.start(piece), this.end(piece) - 1));
    return newline < 0 ? this.pieces : Math.max(piece + 1, this.at(Math.min(newline + 1, text.length)));
  }

  /** The classes of a piece. */
  classes(piece: number): string {
    const count = this.view.counts[piece] ?? 0;
    if (count === 0) {
      return 'none';
    }
    const kind = count > 1 ? 'part' : (this.turns[piece] ?? 0) % 2 === 0 ? 'one' : 'two';
    const special = this.special.has(piece) ? ' special' : '';
    return `token ${kind}${special}${this.differing.has(piece) ? ' differs' : ''}`;
  }

  /** What the tokens of a piece are called that its text does not tell: parts of characters, special tokens. */
  parts(piece: number): string[] {
    const ids = this.ids(piece);
    const text = this.textOf(piece);
    const isTold = ids.length === 1 && text !== '' && !this.special.has(piece);
    return isTold ? [] : ids.map((id) => this.name(id, text)).filter((name) => name !== text);
  }

  /** What a piece is, in lines. */
  describe(piece: number): string[] {
    const ids = this.ids(piece);
    const text = this.textOf(piece);
    if (ids.length === 0) {
      return [t('No token: the tokenizer drops it')];
    }
    const first = (this.before[piece] ?? 0) + 1;
    const all = figure(this.view.tokens);
    const shown = text === '' && ids[0] !== undefined ? this.name(ids[0], text) : visible(text);
    const lines = ids.length > 1 ? [`${shown}  ${t('{0} tokens share this place', ids.length)}`] : [shown];
    ids.forEach((id, at) => {
      const number = t('Token {0} of {1}', figure(first + at), all);
      const name = this.names.get(id);
      lines.push([number, ...(id < 0 ? [] : [t('id {0}', id), ...written(name, text)])].join(', '));
    });
    if (this.differing.has(piece)) {
      lines.push(t('The other tokenizer cuts here in another way'));
    }
    return lines;
  }

  /** A token as the vocabulary has it; one that is not listed is written as its text. */
  name(id: number, text = ''): string {
    return this.names.get(id)?.text ?? text;
  }

  private textOf(piece: number): string {
    return this.text.slice(this.start(piece), this.end(piece));
  }

  private ids(piece: number): number[] {
    const first = this.before[piece] ?? 0;
    return this.view.ids.slice(first, first + (this.view.counts[piece] ?? 0));
  }
}

/** How the vocabulary writes a token that is not written as its text. */
function written(name: TokenName | undefined, text: string): string[] {
  if (name === undefined || name.text === text) {
    return [];
  }
  return [name.bytes ? t('bytes {0}', name.text) : t('in the vocabulary {0}', visible(name.text))];
}

/** A text with signs in place of what cannot be seen. */
export function visible(text: string): string {
  return text.replace(/ /g, '·').replace(/[\0-\x1f\x7f]/g, control); // eslint-disable-line no-control-regex
}

/** The sign for a control character. */
export function control(character: string): string {
  const signs: Record<string, string> = { '\n': '↵', '\t': '→', '\r': '\\r' };
  return signs[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
