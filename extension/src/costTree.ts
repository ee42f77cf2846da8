/** A folder's files as a tree in which each folder knows what it costs in tokens. */

import type { FileCost } from './protocol';

export interface CostNode {
  name: string;
  tokens: number;
  files: number;
  /** What is in a folder, dearest first; undefined for a file. */
  children?: CostNode[];
  /** Below the folder that was asked about. */
  path: string;
}

interface Draft {
  node: CostNode;
  folders: Map<string, Draft>;
}

export function costTree(name: string, files: readonly FileCost[]): CostNode {
  const root = draft(name, '');
  for (const file of files) {
    const parts = file.path.split('/');
    const leaf = parts.pop() ?? file.path;
    let folder = root;
    add(folder, file.tokens);
    for (const part of parts) {
      folder = below(folder, part);
      add(folder, file.tokens);
    }
    folder.node.children?.push({ name: leaf, path: file.path, tokens: file.tokens, files: 1 });
  }
  return sorted(root.node);
}

function draft(name: string, path: string): Draft {
  return { node: { name, path, tokens: 0, files: 0, children: [] }, folders: new Map() };
}

function below(folder: Draft, name: string): Draft {
  let found = folder.folders.get(name);
  if (found === undefined) {
    found = draft(name, folder.node.path === '' ? name : `${folder.node.path}/${name}`);
    folder.folders.set(name, found);
    folder.node.children?.push(found.node);
  }
  return found;
}

function add(folder: Draft, tokens: number): void {
  folder.node.tokens += tokens;
  folder.node.files += 1;
}

function sorted(node: CostNode): CostNode {
  node.children?.sort((one, other) => other.tokens - one.tokens || one.name.localeCompare(other.name));
  node.children?.forEach(sorted);
  return node;
}
