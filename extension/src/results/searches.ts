/** The searches of the results view: run, compared, and kept in the workspace's memory. */

import * as vscode from 'vscode';
import { duplicatesMessage, searchMessage, type SearchResult, similarMessage } from '../protocol';
import type { Server } from '../server/server';
import { errorSentence } from '../text/format';
import { copiesIn } from '../duplicates/hits';
import {
  answered,
  type Ask,
  type Found,
  foundBy,
  keyOf,
  type KeptHit,
  type KeptSearch,
  newSearch,
  persisted,
} from './kept';
import { t } from '../text/words';

const KEY = 'semlens.searches';
/** Searches that are kept; the oldest that is not pinned goes first. */
const MAX_SEARCHES = 20;
const MAX_LIMIT = 1_000;

export class Searches implements vscode.Disposable {
  private searches: KeptSearch[];
  private readonly running = new Map<string, vscode.CancellationTokenSource>();
  private readonly changed = new vscode.EventEmitter<string | undefined>();
  /** Fires with the id of the search that changed; undefined if the list did. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly server: Server,
    private readonly memory: vscode.Memento,
  ) {
    this.searches = memory.get<KeptSearch[]>(KEY, []);
  }

  /** Pinned ones first, then the latest first. */
  get all(): readonly KeptSearch[] {
    return this.searches;
  }

  get(id: string): KeptSearch | undefined {
    return this.searches.find((search) => search.id === id);
  }

  /** Keep a search and run it; one that asks the same runs again instead. Returns its id. */
  add(ask: Ask, title: string): string {
    const asked = JSON.stringify(ask);
    const same = this.searches.find((search) => JSON.stringify(search.ask) === asked);
    const search = same ?? newSearch(`${Date.now()}-${this.searches.length}`, ask, title);
    this.searches = [search, ...this.searches.filter((other) => other !== search)];
    const spare = this.searches.filter(({ pinned }) => !pinned).slice(MAX_SEARCHES);
    this.searches = this.searches.filter((other) => !spare.includes(other));
    this.store();
    void this.run(search.id);
    return search.id;
  }

  /** Ask again, and compare with what was found before. */
  async run(id: string, limit?: number, query?: string): Promise<void> {
    const search = this.get(id);
    if (search === undefined) {
      return;
    }
    this.running.get(id)?.cancel();
    const request = new vscode.CancellationTokenSource();
    this.running.set(id, request);
    const asked = { ...inOtherWords(search, query), limit: Math.min(limit ?? search.limit, MAX_LIMIT) };
    const compared = search.when > 0 && limit === undefined && query === undefined;
    this.replace({ ...asked, running: true });
    try {
      const found = await this.find(asked, request.token);
      if (!request.token.isCancellationRequested) {
        const now = answered({ ...asked, ...this.given(id) }, found, Date.now(), compared);
        this.replace({ ...now, running: false });
      }
    } catch (error) {
      if (!request.token.isCancellationRequested) {
        this.replace({ ...asked, ...this.given(id), running: false, error: errorSentence(error) });
      }
    }
    request.dispose();
  }

  private async find(search: KeptSearch, token: vscode.CancellationToken): Promise<Found> {
    return search.ask.kind === 'duplicates'
      ? copiesIn(await this.server.request(duplicatesMessage, { limit: search.limit }, token))
      : foundBy(await this.ask(search, token), search.limit);
  }

  /** The answer to a question, with explanations. */
  async ask({ ask, limit }: KeptSearch, token?: vscode.CancellationToken): Promise<SearchResult> {
    if (ask.kind === 'duplicates') {
      throw new Error(t('Near copies answer no question.'));
    }
    const shared = { limit, explain: true, wait: true };
    if (ask.kind === 'similar') {
      return this.server.request(similarMessage, { ...ask.params, ...shared }, token);
    }
    const folders = ask.folder === undefined ? {} : { folders: [ask.folder] };
    return this.server.request(searchMessage, { query: ask.query, ...folders, ...shared }, token);
  }

  /** Change what is asked, and run it. */
  askInstead(id: string, query: string): Promise<void> {
    return this.run(id, undefined, query);
  }

  rename(id: string, name: string | undefined): void {
    this.update(id, { name });
  }

  pin(id: string, pinned: boolean): void {
    this.update(id, { pinned });
    this.searches.sort((one, other) => Number(other.pinned) - Number(one.pinned));
    this.store();
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) {
      this.running.get(id)?.cancel();
    }
    this.searches = this.searches.filter(({ id }) => !ids.includes(id));
    this.store();
  }

  /** Remove hits from the view until the search runs again. */
  removeHits(id: string, hits: readonly KeptHit[]): void {
    const search = this.get(id);
    const keys = new Set(hits.map(keyOf));
    const rest = (of: readonly KeptHit[]): KeptHit[] => of.filter((hit) => !keys.has(keyOf(hit)));
    if (search !== undefined) {
      this.update(id, { hits: rest(search.hits), gone: rest(search.gone) });
    }
  }

  /** Replace hits by what `now` says of each, such as that its file has changed. */
  updateHits(id: string, now: (hit: KeptHit) => KeptHit): void {
    const search = this.get(id);
    if (search === undefined) {
      return;
    }
    const hits = search.hits.map(now);
    if (hits.some((hit, at) => hit !== search.hits[at])) {
      this.update(id, { hits });
    }
  }

  dispose(): void {
    for (const request of this.running.values()) {
      request.cancel();
    }
    this.changed.dispose();
  }

  /** What the user may have changed while a search ran. */
  private given(id: string): Partial<KeptSearch> {
    const { name, pinned } = this.get(id) ?? {};
    return pinned === undefined ? {} : { name, pinned };
  }

  private update(id: string, change: Partial<KeptSearch>): void {
    const search = this.get(id);
    if (search !== undefined) {
      this.replace({ ...search, ...change });
    }
  }

  private replace(search: KeptSearch): void {
    this.searches = this.searches.map((other) => (other.id === search.id ? search : other));
    this.store(search.id);
  }

  private store(id?: string): void {
    void this.memory.update(KEY, this.searches.map(persisted));
    this.changed.fire(id);
  }
}

function inOtherWords(search: KeptSearch, query?: string): KeptSearch {
  return search.ask.kind === 'search' && query !== undefined
    ? { ...search, ask: { ...search.ask, query }, title: query }
    : search;
}
