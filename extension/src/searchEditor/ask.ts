/** Asks what a header says, and draws the answer. */

import * as vscode from 'vscode';
import { excerptsMessage, type Hit, searchMessage, type SearchResult, similarMessage } from '../protocol';
import { IMAGE } from '../search/images';
import type { Server } from '../server/server';
import { formatFiles, formatPercent } from '../text/amounts';
import { blocksAround, drawFile } from './body';
import type { Header, Part } from './header';
import { fileAt, shownPath } from './places';
import { counted, t } from '../text/words';

export interface Answer {
  /** The rows below the header. */
  rows: string[];
  /** The words of the question that stand in a hit. */
  words: string[];
}

/** The hits of a search, drawn. Rejects with a sentence if there is no answer. */
export async function ask(server: Server, header: Header, token: vscode.CancellationToken): Promise<Answer> {
  const result = await find(server, header, token);
  const files = byFile(result.hits);
  const images = new Set(result.hits.filter(({ language }) => language === IMAGE).map(({ uri }) => uri));
  const blocks = [...files].map(([uri, hits]) => ({
    uri,
    blocks: images.has(uri) ? [] : blocksAround([...hits.keys()], header.context),
  }));
  const { files: read } = await server.request(excerptsMessage, { files: blocks }, token);
  const rows = blocks.flatMap(({ uri, blocks: shown }, at) => [
    '',
    ...drawFile({
      path: shownPath(vscode.Uri.parse(uri)),
      hits: files.get(uri) ?? new Map<number, string>(),
      blocks: shown,
      texts: read[at]?.blocks ?? [],
    }),
  ]);
  return { rows: [...summary(result, files.size), ...rows], words: wordsOf(result) };
}

async function find(server: Server, header: Header, token: vscode.CancellationToken): Promise<SearchResult> {
  const { question, similar, include, exclude, languages, tests, hits } = header;
  const folders = header.folders.length > 0 ? { folders: header.folders.map(folderUri) } : {};
  const shared = { include, exclude, languages, tests, limit: hits, wait: true, explain: true, ...folders };
  return similar === undefined
    ? server.request(searchMessage, { query: question, ...shared }, token)
    : server.request(similarMessage, { ...(await partParams(similar)), ...shared }, token);
}

/** The lines of the hits in each file, those of the file with the best hit first. */
function byFile(hits: readonly Hit[]): Map<string, Map<number, string>> {
  const files = new Map<string, Map<number, string>>();
  for (const { uri, line, summary: text } of hits) {
    files.set(uri, (files.get(uri) ?? new Map<number, string>()).set(line, text));
  }
  return files;
}

function folderUri(name: string): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const found = folders.find((folder) => folder.name === name);
  if (found === undefined) {
    throw new Error(t('“{0}” is no folder of this workspace.', name));
  }
  return found.uri.toString();
}

async function partParams({ path, first, last }: Part) {
  const uri = await fileAt(path);
  if (uri === undefined) {
    throw new Error(t('Open a folder first.'));
  }
  const start = { line: first, character: 0 };
  if (first === last) {
    return { textDocument: { uri: uri.toString() }, range: { start, end: start } };
  }
  // The end of a line, wherever it is.
  return { textDocument: { uri: uri.toString() }, range: { start, end: { line: last, character: 100_000 } } };
}

/** The rows between the header and the first file. */
function summary({ hits, coverage, weak, notices, shortfall }: SearchResult, files: number): string[] {
  const found =
    hits.length === 0
      ? t('No matching code found')
      : weak
        ? counted(
            hits.length,
            '{0} hit in {1}, none of which matches well',
            '{0} hits in {1}, none of which matches well',
            formatFiles(files),
          )
        : counted(hits.length, '{0} hit in {1}', '{0} hits in {1}', formatFiles(files));
  const first =
    coverage.instant < 1
      ? t('{0} ({1} of the code read so far: run again later)', found, formatPercent(coverage.instant))
      : found;
  const why = shortfall ? [shortfall.searched, shortfall.progress, shortfall.advice] : [];
  return [first, ...notices.map(({ text }) => text), ...why].filter(Boolean).map(oneRow);
}

/** As one row, which is not read as a file's path. */
function oneRow(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/:$/, '.');
}

function wordsOf({ hits }: SearchResult): string[] {
  const words = hits.flatMap(({ explanation }) => explanation?.words ?? []);
  return [...new Set(words.filter(({ places }) => places.length > 0).map(({ word }) => word))];
}
