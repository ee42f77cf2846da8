/** The nodes of the results view, with their parents, so that it can reveal each. */

import { byFile, keyOf, type KeptHit, type KeptSearch, type Order } from './kept';
import { summaryOf } from './summary';
import { t } from '../text/words';

export interface SearchNode {
  type: 'search';
  id: string;
  search: KeptSearch;
  children: Node[];
}

export interface FileNode {
  type: 'file';
  id: string;
  uri: string;
  parent: SearchNode | GoneNode;
  /** Among the files of its parent, 0-based. */
  place: number;
  children: HitNode[];
}

export interface HitNode {
  type: 'hit';
  id: string;
  hit: KeptHit;
  parent: FileNode | GroupNode;
}

/** Near copies of each other. */
export interface GroupNode {
  type: 'group';
  id: string;
  parent: SearchNode;
  /** Among the groups of its search, 0-based. */
  place: number;
  similarity: number;
  repeatedLines: number;
  children: HitNode[];
}

/** What the run before found and the last one did not. */
export interface GoneNode {
  type: 'gone';
  id: string;
  parent: SearchNode;
  children: FileNode[];
}

/** A line that says something, or does something when it is chosen. */
export interface NoteNode {
  type: 'note';
  id: string;
  parent: SearchNode;
  label: string;
  icon: string;
  command?: 'semlens.results.more' | 'semlens.results.why' | 'semlens.showStatus';
}

export type Node = SearchNode | FileNode | GroupNode | HitNode | GoneNode | NoteNode;

/** The node of a search with all nodes below it. */
export function searchNode(search: KeptSearch, order: Order): SearchNode {
  const node: SearchNode = { type: 'search', id: search.id, search, children: [] };
  const found = search.copies ? groupNodes(node, order) : fileNodes(node, search.hits, order);
  node.children = [...notesBefore(node), ...found, ...notesAfter(node, order)];
  return node;
}

/** The search that a node belongs to. */
export function searchOf(node: Node): KeptSearch {
  return node.type === 'search' ? node.search : searchOf(node.parent);
}

/** The hits at and below a node, in their order; of a search those of its last run alone. */
export function hitsBelow(node: Node): HitNode[] {
  switch (node.type) {
    case 'hit':
      return [node];
    case 'note':
      return [];
    case 'file':
    case 'group':
      return node.children;
    case 'gone':
      return node.children.flatMap(hitsBelow);
    case 'search':
      return node.children.filter(({ type }) => type === 'file' || type === 'group').flatMap(hitsBelow);
  }
}

function fileNodes(parent: SearchNode | GoneNode, hits: readonly KeptHit[], order: Order): FileNode[] {
  return byFile(hits, order).map(({ uri, hits: found }, place) => {
    const node: FileNode = { type: 'file', id: `${parent.id}\n${uri}`, uri, parent, place, children: [] };
    node.children = hitNodes(node, parent.id, found);
    return node;
  });
}

/** The groups of near copies, those of which a hit is left. */
function groupNodes(parent: SearchNode, order: Order): GroupNode[] {
  const { hits, copies } = parent.search;
  const found = (copies?.groups ?? []).map((group, place) => {
    const node: GroupNode = {
      type: 'group',
      id: `${parent.id}\ngroup ${place}`,
      parent,
      place,
      ...group,
      children: [],
    };
    const members = hits.filter((hit) => hit.group === place);
    node.children = hitNodes(node, node.id, members);
    return node;
  });
  const first = ({ children }: GroupNode): string => children[0]?.hit.uri ?? '';
  const shown = found.filter(({ children }) => children.length > 0);
  return order === 'path' ? shown.sort((one, other) => (first(one) < first(other) ? -1 : 1)) : shown;
}

function hitNodes(parent: FileNode | GroupNode, id: string, hits: readonly KeptHit[]): HitNode[] {
  const counts = new Map<string, number>();
  return hits.map((hit) => {
    const key = keyOf(hit);
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return { type: 'hit', id: `${id}\n${key}\n${count}`, hit, parent };
  });
}

function notesBefore(parent: SearchNode): NoteNode[] {
  const { error, notices, hits, weak, running, when } = parent.search;
  const note = (label: string, icon: string, command?: NoteNode['command']): NoteNode => ({
    type: 'note',
    id: `${parent.id}\n${label}`,
    parent,
    label,
    icon,
    ...(command && { command }),
  });
  const said = notices.map((text) => note(text, 'info'));
  const notes = [note(summaryOf(parent.search), 'blank'), ...said];
  if (error !== undefined) {
    return [note(error, 'warning')];
  }
  if (hits.length === 0 && when > 0 && !running) {
    if (parent.search.copies?.files === 0) {
      return [...said, note(t('Nothing has been indexed here yet'), 'info', 'semlens.showStatus')];
    }
    if (parent.search.ask.kind === 'duplicates') {
      return [...said, note(t('No near copies found'), 'info')];
    }
    return [...notes, note(t('No matching code found: why?'), 'question', 'semlens.results.why')];
  }
  return weak ? [...notes, note(t('Nothing matches well: why?'), 'question', 'semlens.results.why')] : notes;
}

function notesAfter(parent: SearchNode, order: Order): Node[] {
  const { gone, cut, copies, limit } = parent.search;
  const nodes: Node[] = [];
  if (cut && limit < 1_000) {
    const label = copies ? t('Show more groups') : t('Show more hits');
    const id = `${parent.id}\n${label}`;
    nodes.push({ type: 'note', id, parent, label, icon: 'ellipsis', command: 'semlens.results.more' });
  }
  if (gone.length > 0) {
    const node: GoneNode = { type: 'gone', id: `${parent.id}\ngone`, parent, children: [] };
    node.children = fileNodes(node, gone, order);
    nodes.push(node);
  }
  return nodes;
}
