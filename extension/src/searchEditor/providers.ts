/** Links, definitions, symbols and folds of a search editor. */

import * as vscode from 'vscode';
import type { LineRow, Row } from './body';
import { fileAt } from './places';
import { LANGUAGE, read } from './read';
import { t } from '../text/words';

export function registerProviders(): vscode.Disposable {
  const { languages } = vscode;
  return vscode.Disposable.from(
    languages.registerDocumentLinkProvider(LANGUAGE, { provideDocumentLinks, resolveDocumentLink }),
    languages.registerDefinitionProvider(LANGUAGE, { provideDefinition }),
    languages.registerDocumentSymbolProvider(LANGUAGE, { provideDocumentSymbols }),
    languages.registerFoldingRangeProvider(LANGUAGE, { provideFoldingRanges }),
  );
}

class RowLink extends vscode.DocumentLink {
  constructor(
    range: vscode.Range,
    readonly shown: Row,
  ) {
    super(range);
    this.tooltip = shown.kind === 'file' ? t('Open the file') : t('Open at this line');
  }
}

/** Paths, and the numbers of the lines that are hits. */
function provideDocumentLinks(document: vscode.TextDocument): RowLink[] {
  const linked = read(document).shown.filter(({ kind }) => kind !== 'context');
  return linked.map((shown) => {
    const [begin, end] =
      shown.kind === 'file' ? [0, shown.path.length] : numberRange(document.lineAt(shown.row).text);
    return new RowLink(new vscode.Range(shown.row, begin, shown.row, end), shown);
  });
}

async function resolveDocumentLink(link: vscode.DocumentLink): Promise<vscode.DocumentLink> {
  if (link instanceof RowLink) {
    const uri = await fileAt(link.shown.path);
    const fragment = link.shown.kind === 'file' ? '' : `L${link.shown.line + 1}`;
    link.target = uri?.with({ fragment });
  }
  return link;
}

async function provideDefinition(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.LocationLink[]> {
  const row = read(document).shown.find((shown) => shown.row === position.line);
  const targetUri = row && (await fileAt(row.path));
  if (row === undefined || targetUri === undefined) {
    return [];
  }
  const originSelectionRange = document.lineAt(row.row).range;
  if (row.kind === 'file') {
    const hits = read(document).shown.filter(({ kind, path }) => kind === 'hit' && path === row.path);
    return (hits as LineRow[]).map(({ line }) => ({ originSelectionRange, targetUri, ...target(line, 0) }));
  }
  const character = Math.max(0, position.character - row.start);
  return [{ originSelectionRange, targetUri, ...target(row.line, character) }];
}

function target(line: number, character: number): Pick<vscode.LocationLink, 'targetRange'> {
  return { targetRange: new vscode.Range(line, character, line, character) };
}

/** The files, and the hits in each. */
function provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
  const files: vscode.DocumentSymbol[] = [];
  for (const { rows } of grouped(document)) {
    const [file, ...lines] = rows;
    const end = document.lineAt(lines.at(-1)?.row ?? file.row).range.end;
    const whole = new vscode.Range(new vscode.Position(file.row, 0), end);
    const head = document.lineAt(file.row).range;
    const symbol = new vscode.DocumentSymbol(file.path, '', vscode.SymbolKind.File, whole, head);
    symbol.children = lines
      .filter(({ kind }) => kind === 'hit')
      .map((hit) => hitSymbol(document, hit as LineRow));
    files.push(symbol);
  }
  return files;
}

function hitSymbol(document: vscode.TextDocument, { row, text, line }: LineRow): vscode.DocumentSymbol {
  const { range } = document.lineAt(row);
  const name = text.trim() === '' ? t('line {0}', line + 1) : text.trim();
  return new vscode.DocumentSymbol(name, String(line + 1), vscode.SymbolKind.Key, range, range);
}

/** The header, and each file. */
function provideFoldingRanges(document: vscode.TextDocument): vscode.FoldingRange[] {
  const { rows } = read(document);
  const header = rows > 1 ? [new vscode.FoldingRange(0, rows - 1)] : [];
  const files = grouped(document).map(
    ({ rows: [file, ...lines] }) => new vscode.FoldingRange(file.row, lines.at(-1)?.row ?? file.row),
  );
  return [...header, ...files];
}

/** The rows of each file. */
function grouped(document: vscode.TextDocument): { rows: [Row, ...Row[]] }[] {
  const files: { rows: [Row, ...Row[]] }[] = [];
  for (const shown of read(document).shown) {
    if (shown.kind === 'file') {
      files.push({ rows: [shown] });
    } else {
      files.at(-1)?.rows.push(shown);
    }
  }
  return files;
}

function numberRange(line: string): [number, number] {
  const begin = line.search(/\d/);
  return [begin, begin + (/^\d+/.exec(line.slice(begin))?.[0].length ?? 0)];
}
