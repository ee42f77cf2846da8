/** *Search by Meaning* and *Search by Meaning in Folder*. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { completeMessage, searchMessage } from '../protocol';
import type { Keep } from '../results/register';
import { copyForPrompt } from '../search/copyHit';
import type { NoteItem } from '../search/hitNotes';
import { showHits } from '../search/showHits';
import type { Questions } from '../search/questions';
import type { Server } from '../server/server';
import { escapeIcons } from '../text/format';
import { icon } from '../text/icon';

const LIMIT = 30;

/** The filters of a question, shown while the text is empty. */
const FILTERS: readonly NoteItem[] = [
  { label: 'Narrow the search', kind: vscode.QuickPickItemKind.Separator },
  {
    label: 'path:',
    ...icon('folder'),
    description: 'only files whose path contains this',
    suggestion: 'path:',
  },
  {
    label: '-path:',
    ...icon('circle-slash'),
    description: 'no files whose path contains this',
    suggestion: '-path:',
  },
  { label: 'lang:', ...icon('code'), description: 'only files in this language', suggestion: 'lang:' },
  { label: 'is:test', ...icon('beaker'), description: 'only tests', suggestion: 'is:test ' },
  { label: '-is:test', ...icon('circle-slash'), description: 'no tests', suggestion: '-is:test ' },
];

export interface SearchOptions {
  /** Typed in when the list opens. */
  text?: string;
  /** The workspace folder to search; all of them if left out. */
  folder?: vscode.WorkspaceFolder;
  /** Globs of the only files to search, and what they are called. */
  only?: { include: string[]; name: string };
}

export function searchByMeaning(
  server: Server,
  questions: Questions,
  keep: Keep,
  options: SearchOptions = {},
): void {
  const { text, folder, only } = options;
  const within = only?.name ?? folder?.name;
  const include = only && { include: only.include };
  showHits({
    title: within === undefined ? 'Search by meaning' : `Search by meaning in ${within}`,
    placeholder: 'Describe what the code does, for example: try again when the server is busy',
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
    suggestions: [...questions.recent.map(recentItem), ...FILTERS].map((item) => ({
      ...item,
      alwaysShow: true,
    })),
    start: () => questions.next(),
    onAnswered: (query) => {
      questions.answered(query);
    },
    onLeave: (left) => {
      questions.leave(left);
    },
    copy: (hit) => copyForPrompt(server, hit),
    // A search in files that were enclosed on the map is kept nowhere: its question does not name them.
    ...(only === undefined && {
      keep: (query: string) => {
        keep({ kind: 'search', query, ...(folder && { folder: folder.uri.toString() }) }, query);
      },
    }),
    ...(text === undefined ? {} : { text }),
  });
}

/** Searches the folder at `uri`, by a filter that is typed in, so that the user sees it and can change it. */
export function searchInFolder(server: Server, questions: Questions, keep: Keep, uri?: vscode.Uri): void {
  const folder = uri && vscode.workspace.getWorkspaceFolder(uri);
  if (uri === undefined || folder === undefined) {
    searchByMeaning(server, questions, keep);
    return;
  }
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  const below = path.posix.relative(folder.uri.path, uri.path);
  searchByMeaning(server, questions, keep, {
    ...(below === '' ? {} : { text: `path:${asGlob(below)} ` }),
    ...(several ? { folder } : {}),
  });
}

function recentItem(question: string): NoteItem {
  return { label: escapeIcons(question), ...icon('history'), suggestion: question };
}

/**
 * The value of a `path:` filter for one folder. Characters that globs or quotes give a meaning become `?`, which
 * matches any one character.
 */
function asGlob(folder: string): string {
  const glob = `/${folder.replace(/[[\]*?"\\]/g, '?')}/`;
  return /\s/.test(glob) ? `"${glob}"` : glob;
}
