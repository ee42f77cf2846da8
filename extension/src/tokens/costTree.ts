/** A folder's files as a tree in which each folder has the sum of its tokens. */

import type { FileCost } from '../protocol';

export interface CostNode {
  name: string;
  tokens: number;
  files: number;
  /** A folder's content, most tokens first; undefined for a file. */
  children?: CostNode[];
  /** Relative to the root of the tree, with slashes. */
  path: string;
}

/** A folder under construction, with its subfolders by name. */
interface FolderBuilder {
  node: CostNode;
  folders: Map<string, FolderBuilder>;
}

/** The tree of `files`, whose root is called `name`. */
export function costTree(name: string, files: readonly FileCost[]): CostNode {
  const root = newFolder(name, '');
  for (const file of files) {
    const parts = file.path.split('/');
    const leaf = parts.pop() ?? file.path;
    let folder = root;
    add(folder, file.tokens);
    for (const part of parts) {
      folder = subfolder(folder, part);
      add(folder, file.tokens);
    }
    folder.node.children?.push({ name: leaf, path: file.path, tokens: file.tokens, files: 1 });
  }
  return sorted(root.node);
}

/** From `node` down to the first folder that has more than one folder in it: the explorer shows them as one. */
export function compact(node: CostNode): CostNode[] {
  const trail = [node];
  for (let at = node.children; at?.length === 1 && at[0]?.children; at = at[0].children) {
    trail.push(at[0]);
  }
  return trail;
}

function newFolder(name: string, path: string): FolderBuilder {
  return { node: { name, path, tokens: 0, files: 0, children: [] }, folders: new Map() };
}

function subfolder(folder: FolderBuilder, name: string): FolderBuilder {
  let found = folder.folders.get(name);
  if (found === undefined) {
    found = newFolder(name, folder.node.path === '' ? name : `${folder.node.path}/${name}`);
    folder.folders.set(name, found);
    folder.node.children?.push(found.node);
  }
  return found;
}

function add(folder: FolderBuilder, tokens: number): void {
  folder.node.tokens += tokens;
  folder.node.files += 1;
}

function sorted(node: CostNode): CostNode {
  node.children?.sort((one, other) => other.tokens - one.tokens || one.name.localeCompare(other.name));
  node.children?.forEach(sorted);
  return node;
}
