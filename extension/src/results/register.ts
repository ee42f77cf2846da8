/** The results view and its commands. */

import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import { showCard } from '../search/showCard';
import { type Card, hitCard, shortfallCard } from '../search/whyCard';
import type { Server } from '../server/server';
import { compareHits, compareWithSource } from './compare';
import { asMarkdown, asPaths, copyCode, hitsOf } from './copy';
import type { Ask, KeptHit, KeptSearch } from './kept';
import { narrow } from './narrow';
import { type HitNode, type Node, searchOf } from './nodes';
import { Searches } from './searches';
import { followEdits } from './stale';
import { ResultsView, VIEW } from './view';
import { t } from '../text/words';

/** Where what a question finds can stay. */
export type KeptIn = 'view' | 'editor';

/** Shows what a question finds in the results view, or in a search editor. */
export type Keep = (ask: Ask, title: string, into?: KeptIn) => void;

export interface Results {
  keep: Keep;
  /** The nodes that a command is about. */
  chosen: (clicked?: Node, selected?: readonly Node[]) => readonly Node[];
  disposable: vscode.Disposable;
}

export function registerResults(register: Register, server: Server, memory: vscode.Memento): Results {
  const searches = new Searches(server, memory);
  const view = new ResultsView(searches, memory);
  registerSearches(register, searches, view);
  registerHits(register, server, searches, view);
  return {
    keep: (ask, title) => void view.show(searches.add(ask, title)),
    chosen: (clicked, selected) => view.chosen(clicked, selected),
    disposable: vscode.Disposable.from(searches, view, followEdits(searches)),
  };
}

/** Commands on searches. */
function registerSearches(register: Register, searches: Searches, view: ResultsView): void {
  type Act = (search: KeptSearch) => unknown;
  const on = (act: Act) => async (clicked?: Node, selected?: Node[]) => {
    for (const id of new Set(view.chosen(clicked, selected).map((node) => searchOf(node).id))) {
      const search = searches.get(id);
      await (search && act(search));
    }
  };
  const acts = {
    rerun: on(({ id }) => searches.run(id)),
    more: on(({ id, limit }) => searches.run(id, 2 * limit)),
    narrow: on((search) => narrow(searches, search)),
    rename: on((search) => rename(searches, search)),
    edit: on((search) => edit(searches, search)),
    pin: on(({ id }) => {
      searches.pin(id, true);
    }),
    unpin: on(({ id }) => {
      searches.pin(id, false);
    }),
    why: on((search) => explain(searches, search)),
  };
  register('results.rerun', acts.rerun);
  register('results.more', acts.more);
  register('results.narrow', acts.narrow);
  register('results.rename', acts.rename);
  register('results.edit', acts.edit);
  register('results.pin', acts.pin);
  register('results.unpin', acts.unpin);
  register('results.why', acts.why);
  register('results.rerunAll', () => Promise.all(searches.all.map(({ id }) => searches.run(id))));
  register('results.clear', () => {
    searches.remove(searches.all.filter(({ pinned }) => !pinned).map(({ id }) => id));
  });
  register('results.sortByPath', () => view.setOrder('path'));
  register('results.sortByRank', () => view.setOrder('rank'));
  register('showResults', () => vscode.commands.executeCommand(`${VIEW}.focus`));
}

/** Commands on hits, and on all that stand below a node. */
function registerHits(register: Register, server: Server, searches: Searches, view: ResultsView): void {
  const on = (act: (nodes: readonly Node[]) => unknown) => (clicked?: Node, selected?: Node[]) =>
    act(view.chosen(clicked, selected));
  const copy = (text: string): Thenable<void> => vscode.env.clipboard.writeText(text);
  const acts = {
    copyMarkdown: on((nodes) => copy(asMarkdown(nodes))),
    copyPaths: on((nodes) => copy(asPaths(nodes))),
    copyCode: on(async (nodes) => {
      const copied = await copyCode(server, nodes);
      vscode.window.setStatusBarMessage(copied, 4_000);
    }),
    remove: on((nodes) => {
      remove(searches, nodes);
    }),
    explain: on(([node]) => node?.type === 'hit' && explain(searches, searchOf(node), node.hit)),
    openToSide: on(([node]) => {
      const options = { viewColumn: vscode.ViewColumn.Beside };
      return node?.type === 'hit' && view.open(node.hit, searchOf(node).id, options);
    }),
  };
  register('results.compare', on(compareWithSource));
  register('results.compareSelected', on(compareHits));
  register('results.copyMarkdown', acts.copyMarkdown);
  register('results.copyPaths', acts.copyPaths);
  register('results.copyCode', acts.copyCode);
  register('results.remove', acts.remove);
  register('results.explain', acts.explain);
  register('results.openToSide', acts.openToSide);
  register('results.open', (node: HitNode) => {
    view.opened(node);
    return view.open(node.hit, searchOf(node).id, { preserveFocus: true });
  });
  register('nextResult', () => view.walk(1));
  register('previousResult', () => view.walk(-1));
}

function remove(searches: Searches, nodes: readonly Node[]): void {
  searches.remove(nodes.filter(({ type }) => type === 'search').map(({ id }) => id));
  for (const id of new Set(nodes.map((node) => searchOf(node).id))) {
    const hits = hitsOf(nodes).filter((node) => searchOf(node).id === id);
    searches.removeHits(
      id,
      hits.map(({ hit }) => hit),
    );
  }
}

async function rename(searches: Searches, { id, name, title }: KeptSearch): Promise<void> {
  const typed = await vscode.window.showInputBox({
    title: t('Name of the search'),
    value: name ?? title,
    prompt: t('Empty for the question itself'),
  });
  if (typed !== undefined) {
    searches.rename(id, typed.trim() === '' ? undefined : typed.trim());
  }
}

async function edit(searches: Searches, { id, ask }: KeptSearch): Promise<void> {
  if (ask.kind !== 'search') {
    return;
  }
  const typed = await vscode.window.showInputBox({
    title: t('Question of the search'),
    value: ask.query,
    prompt: t('With filters such as path:src, lang:python and -is:test'),
  });
  if (typed?.trim()) {
    await searches.askInstead(id, typed.trim());
  }
}

/** Says why a hit of a search was found, or without it why nothing was. */
async function explain(searches: Searches, search: KeptSearch, hit?: KeptHit): Promise<void> {
  const title =
    hit === undefined ? t('Why nothing matches well') : t('Why {0} was found', hit.name || hit.summary);
  const load = async (token: vscode.CancellationToken): Promise<Card | undefined> => {
    const result = await searches.ask(search, token);
    const same = result.hits.find(({ uri, summary }) => uri === hit?.uri && summary === hit.summary);
    return hit === undefined ? shortfallCard(result) : same && hitCard(same, result);
  };
  await showCard(title, load, {
    back: (suggestion) => {
      if (suggestion !== undefined) {
        void searches.askInstead(search.id, suggestion);
      }
      void vscode.commands.executeCommand(`${VIEW}.focus`);
    },
  });
}
