/** The nodes of the results view, with their parents, so that it can reveal each. */

import { byFile, keyOf, type KeptHit, type KeptSearch, type Order } from './kept';
import { summaryOf } from './summary';

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
  parent: FileNode;
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
  command?: 'semlens.results.more' | 'semlens.results.why';
}

export type Node = SearchNode | FileNode | HitNode | GoneNode | NoteNode;

/** The node of a search with all nodes below it. */
export function searchNode(search: KeptSearch, order: Order): SearchNode {
  const node: SearchNode = { type: 'search', id: search.id, search, children: [] };
  node.children = [...notesBefore(node), ...fileNodes(node, search.hits, order), ...notesAfter(node, order)];
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
      return node.children;
    case 'gone':
      return node.children.flatMap(hitsBelow);
    case 'search':
      return node.children.filter(({ type }) => type === 'file').flatMap(hitsBelow);
  }
}

function fileNodes(parent: SearchNode | GoneNode, hits: readonly KeptHit[], order: Order): FileNode[] {
  return byFile(hits, order).map(({ uri, hits: found }, place) => {
    const node: FileNode = { type: 'file', id: `${parent.id}\n${uri}`, uri, parent, place, children: [] };
    const counts = new Map<string, number>();
    node.children = found.map((hit) => {
      const key = keyOf(hit);
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      return { type: 'hit', id: `${parent.id}\n${key}\n${count}`, hit, parent: node };
    });
    return node;
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
  const notes = [note(summaryOf(parent.search), 'blank'), ...notices.map((text) => note(text, 'info'))];
  if (error !== undefined) {
    return [note(error, 'warning')];
  }
  if (hits.length === 0 && when > 0 && !running) {
    return [...notes, note('No matching code found: why?', 'question', 'semlens.results.why')];
  }
  return weak ? [...notes, note('Nothing matches well: why?', 'question', 'semlens.results.why')] : notes;
}

function notesAfter(parent: SearchNode, order: Order): Node[] {
  const { gone, keys, limit } = parent.search;
  const nodes: Node[] = [];
  if (keys.length >= limit && limit < 1_000) {
    const label = 'Show more hits';
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
