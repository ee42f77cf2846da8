/** *Search by Meaning* and *Search by Meaning in Folder*. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { completeMessage, searchMessage } from '../protocol';
import type { Keep, KeptIn } from '../results/register';
import { copyForPrompt } from '../search/copyHit';
import { folderFilter } from '../search/filterText';
import { type NoteItem, removeButton } from '../search/hitNotes';
import type { FilterToggle } from '../search/hitPickOptions';
import { previewedFile } from '../search/previewDocuments';
import { showHits } from '../search/showHits';
import type { Questions } from '../search/questions';
import type { Scopes } from '../search/scopes';
import type { Server } from '../server/server';
import { escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { t } from '../text/words';

const LIMIT = 30;

/** The filters of a question, shown while the text is empty. */
const FILTERS: readonly NoteItem[] = [
  {
    label: 'path:',
    ...icon('folder'),
    description: t('only files whose path contains this'),
    suggestion: 'path:',
  },
  {
    label: '-path:',
    ...icon('circle-slash'),
    description: t('no files whose path contains this'),
    suggestion: '-path:',
  },
  { label: 'lang:', ...icon('code'), description: t('only files in this language'), suggestion: 'lang:' },
  {
    label: 'kind:',
    ...icon('symbol-misc'),
    description: t('read the question as a name, as words or as code'),
    suggestion: 'kind:',
  },
  { label: 'is:test', ...icon('beaker'), description: t('only tests'), suggestion: 'is:test ' },
  { label: '-is:test', ...icon('circle-slash'), description: t('no tests'), suggestion: '-is:test ' },
];

export interface SearchOptions {
  /** Typed in when the list opens. */
  text?: string;
  /** Whether the selected text is the question, even if it was before. */
  selection?: boolean;
  /** The workspace folder to search; all of them if left out. */
  folder?: vscode.WorkspaceFolder;
  /** Globs of the only files to search, and what they are called. */
  only?: { include: string[]; name: string };
}

/** What a search remembers in a workspace, and where it shows what it finds. */
export interface Searching {
  server: Server;
  questions: Questions;
  scopes: Scopes;
  keep: Keep;
}

export function searchByMeaning(searching: Searching, options: SearchOptions = {}): void {
  const { server, questions, scopes, keep } = searching;
  const { text, selection, folder, only } = options;
  const within = only?.name ?? folder?.name;
  const include = only && { include: only.include };
  showHits({
    title: within === undefined ? t('Search by meaning') : t('Search by meaning in {0}', within),
    placeholder: t('Describe what the code does, for example: try again when the server is busy'),
    ask: ({ text: query, wait, explain }, token) => {
      const folders = folder && { folders: [folder.uri.toString()] };
      return server.request(
        searchMessage,
        { query, wait, explain, limit: LIMIT, ...folders, ...include },
        token,
      );
    },
    complete: async (query, token) => {
      const folders = folder && { folders: [folder.uri.toString()] };
      return (await server.request(completeMessage, { query, ...folders }, token)).completions;
    },
    asYouType: true,
    suggestions: () => suggestions(questions, scopes),
    toggles: [withoutTests, ...inFolderOf(vscode.window.activeTextEditor?.document)],
    scopes,
    start: () => (selection ? questions.selected() : questions.next()),
    onAnswered: (query) => {
      questions.answered(query);
    },
    onLeave: (left) => {
      questions.leave(left);
    },
    copy: (hit) => copyForPrompt(server, hit),
    // A search in files that were enclosed on the map is kept nowhere: its question does not name them.
    ...(only === undefined && {
      keep: (query: string, into: KeptIn) => {
        keep({ kind: 'search', query, ...(folder && { folder: folder.uri.toString() }) }, query, into);
      },
    }),
    ...(text === undefined ? {} : { text }),
  });
}

/** Searches the folder at `uri`, by a filter that is typed in, so that the user sees it and can change it. */
export function searchInFolder(searching: Searching, uri?: vscode.Uri): void {
  const folder = uri && vscode.workspace.getWorkspaceFolder(uri);
  if (uri === undefined || folder === undefined) {
    searchByMeaning(searching);
    return;
  }
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const below = path.posix.relative(folder.uri.path, uri.path);
  searchByMeaning(searching, {
    ...(below === '' ? {} : { text: `${folderFilter(below)} ` }),
    ...(several ? { folder } : {}),
  });
}

function suggestions(questions: Questions, scopes: Scopes): readonly NoteItem[] {
  const recent = questions.recent.map((question): NoteItem => ({
    label: escapeIcons(question),
    ...icon('history'),
    suggestion: question,
    buttons: [removeButton],
    remove: () => questions.forget(question),
  }));
  const saved = scopes.all.map((scope): NoteItem => ({
    label: escapeIcons(scope.name),
    ...icon('bookmark'),
    description: escapeIcons(scope.filters),
    suggestion: `${scope.filters} `,
    buttons: [removeButton],
    remove: () => scopes.remove(scope),
  }));
  return [
    ...section(t('Recent questions'), recent),
    ...section(t('Saved scopes'), saved),
    ...section(t('Narrow the search'), FILTERS),
  ];
}

function section(label: string, items: readonly NoteItem[]): NoteItem[] {
  const shown = items.map((item) => ({ ...item, alwaysShow: true }));
  return items.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...shown];
}

const withoutTests: FilterToggle = {
  name: 'tests',
  filter: '-is:test',
  icon: 'beaker-stop',
  tooltips: { off: t('Leave out tests'), on: t('Search tests, too') },
};

/** The toggle for the folder of a file, unless the file is in no folder below the workspace's. */
function inFolderOf(document: vscode.TextDocument | undefined): FilterToggle[] {
  const uri = document && (previewedFile(document) ?? document.uri);
  const folder = uri && vscode.workspace.getWorkspaceFolder(uri);
  const below = folder && path.posix.dirname(path.posix.relative(folder.uri.path, uri.path));
  if (below === undefined || below === '.') {
    return [];
  }
  const tooltips = { off: t('Search {0} alone', below), on: t('Search all folders') };
  return [{ name: 'folder', filter: folderFilter(below), icon: 'folder', tooltips }];
}
