/** The commands of searches, and of the lists that show their hits. */

import * as vscode from 'vscode';
import { onOpenList } from '../search/showHits';
import { leaveCard } from '../search/wayBack';
import { SERVED_SCHEMES } from '../server/server';
import { asUri } from './asUri';
import { findSimilar } from './findSimilar';
import type { Register } from './register';
import { searchByMeaning, searchInFolder, type Searching } from './search';
import { SIMILAR, similarAction } from './similarAction';

export function registerSearch(register: Register, searching: Searching): vscode.Disposable {
  register('search', (text?: unknown) => {
    searchByMeaning(searching, typeof text === 'string' ? { text } : {});
  });
  register('searchSelection', () => {
    searchByMeaning(searching, { selection: true });
  });
  register('searchInFolder', (uri?: unknown) => {
    searchInFolder(searching, asUri(uri));
  });
  register('findSimilar', () => {
    findSimilar(searching.server, searching.keep);
  });
  registerLists(register);
  const selector = [...SERVED_SCHEMES].map((scheme) => ({ scheme }));
  return vscode.languages.registerCodeActionsProvider(selector, similarAction, {
    providedCodeActionKinds: [SIMILAR],
  });
}

/** The commands of the open list of hits. */
function registerLists(register: Register): void {
  register(
    'openToSide',
    onOpenList((list) => list.acts.openToSide()),
  );
  register(
    'copyHit',
    onOpenList((list) => list.acts.copy()),
  );
  register(
    'explainHit',
    onOpenList((list) => list.acts.explain()),
  );
  register(
    'compareHit',
    onOpenList((list) => list.acts.compare()),
  );
  register(
    'openInResults',
    onOpenList((list) => list.acts.keep()),
  );
  register(
    'openInSearchEditor',
    onOpenList((list) => list.acts.keep('editor')),
  );
  register(
    'toggleTests',
    onOpenList((list) => {
      list.toggle('tests');
    }),
  );
  register(
    'toggleFolder',
    onOpenList((list) => {
      list.toggle('folder');
    }),
  );
  register('leaveCard', leaveCard);
  register(
    'chooseScope',
    onOpenList((list) => {
      list.chooseScope();
    }),
  );
}
