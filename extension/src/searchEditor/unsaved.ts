/**
 * Search editors that are no files of the user's: whoever closes one is asked nothing.
 *
 * The last ones are kept in the extension's storage: they come back with a window, and as closed editors.
 */

import * as vscode from 'vscode';
import { t } from '../text/words';

export const SCHEME = 'semlens-search';
const ENDING = '.semlens-search';
const KEPT = 20;
const LONGEST_NAME = /^.{0,40}/u;

export class UnsavedSearches implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly events = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.events.event;
  private readonly registered: vscode.Disposable;

  /** `folder` is where they are kept. */
  constructor(private readonly folder: vscode.Uri) {
    this.registered = vscode.workspace.registerFileSystemProvider(SCHEME, this, { isCaseSensitive: true });
  }

  /** A document with a text, named by the question that it asks. */
  async create(question: string, text: string): Promise<vscode.TextDocument> {
    const uri = freeUri(nameOf(question));
    await this.writeFile(uri, new TextEncoder().encode(text));
    await this.forgetOld();
    return vscode.workspace.openTextDocument(uri);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return vscode.workspace.fs.stat(this.kept(uri));
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return vscode.workspace.fs.readFile(this.kept(uri));
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    await vscode.workspace.fs.writeFile(this.kept(uri), content);
    this.events.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  async delete(uri: vscode.Uri): Promise<void> {
    await vscode.workspace.fs.delete(this.kept(uri));
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined); // Nobody else changes them.
  }

  async readDirectory(): Promise<[string, vscode.FileType][]> {
    return vscode.workspace.fs.readDirectory(this.folder);
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.registered.dispose();
    this.events.dispose();
  }

  private kept({ path }: vscode.Uri): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, path.replaceAll('/', ''));
  }

  private async forgetOld(): Promise<void> {
    const names = (await this.readDirectory()).map(([name]) => name);
    const uris = names.map((name) => vscode.Uri.from({ scheme: SCHEME, path: `/${name}` }));
    const times = await Promise.all(uris.map(async (uri) => (await this.stat(uri)).mtime));
    const open = openUris();
    const old = uris
      .map((uri, at) => ({ uri, time: times[at] ?? 0 }))
      .filter(({ uri }) => !open.has(uri.toString()))
      .sort((one, other) => other.time - one.time)
      .slice(KEPT);
    await Promise.all(old.map(({ uri }) => this.delete(uri)));
  }
}

/** Has the user choose a file for an editor that is none, and goes on in that file. */
export async function saveAsFile(document: vscode.TextDocument): Promise<void> {
  const name = document.uri.path.slice(1);
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const file = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder.uri, name) }),
    filters: { [t('Semlens Search')]: [ENDING.slice(1)] },
  });
  if (file === undefined) {
    return;
  }
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(document.getText()));
  const { viewColumn, selection } = vscode.window.activeTextEditor ?? {};
  await vscode.window.showTextDocument(file, {
    preview: false,
    ...(viewColumn && { viewColumn }),
    ...(selection && { selection }),
  });
  const left = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => isOf(input, document));
  await document.save();
  await vscode.window.tabGroups.close(left);
}

function isOf(input: unknown, { uri }: vscode.TextDocument): boolean {
  return input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
}

/** One that no open editor has. */
function freeUri(name: string): vscode.Uri {
  const open = openUris();
  for (let number = 1; ; number++) {
    const path = `/${number === 1 ? name : `${name} (${number})`}${ENDING}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    if (!open.has(uri.toString())) {
      return uri;
    }
  }
}

function openUris(): Set<string> {
  return new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.toString()));
}

/** The beginning of a question, as every system lets files be called. */
function nameOf(question: string): string {
  const words = question.replace(/[\p{C}\p{Z}<>:"/\\|?*%#.]+/gu, ' ').trim();
  const [cut] = LONGEST_NAME.exec(words) ?? [''];
  return (cut.length < words.length ? cut.replace(/\s+\S*$/, ' …') : cut) || t('Search');
}
