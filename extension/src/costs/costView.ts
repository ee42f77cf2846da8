/** The view *Tokens* in the explorer: folders and files with their tokens, most tokens first. */

import * as vscode from 'vscode';
import { NotSetUp } from '../server/notSetUp';
import { formatFiles, formatShare, formatTokens } from '../text/amounts';
import { errorSentence } from '../text/format';
import { compact, type CostNode } from '../tokens/costTree';
import type { Costs, FolderCost } from './costs';
import { figure, t } from '../text/words';

export const VIEW = 'semlens.costs';

interface Entry {
  /** A folder, or several in one another of which each has nothing but the next. */
  trail: CostNode[];
  of: FolderCost;
  /** The tokens of the folder around it. */
  around: number;
}

export class CostView implements vscode.TreeDataProvider<Entry> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Entry>;

  constructor(private readonly costs: Costs) {
    this.view = vscode.window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
  }

  /** Registers the view. */
  register(): vscode.Disposable {
    return vscode.Disposable.from(
      this.view,
      this.changed,
      this.costs.onDidChange(() => {
        this.changed.fire(undefined);
      }),
    );
  }

  async getChildren(entry?: Entry): Promise<Entry[]> {
    if (entry !== undefined) {
      return entriesOf(entry.trail.at(-1), entry.of);
    }
    try {
      const costs = await this.costs.get();
      const [first] = costs;
      this.view.message = messageOf(costs);
      this.view.description = first?.tokenizer ?? '';
      if (costs.length > 1) {
        return costs.map((of) => ({ trail: [of.root], of, around: of.root.tokens }));
      }
      return first === undefined ? [] : entriesOf(first.root, first);
    } catch (error) {
      this.view.message = error instanceof NotSetUp ? undefined : errorSentence(error); // else the view offers the set-up
      return [];
    }
  }

  getTreeItem({ trail, of, around }: Entry): vscode.TreeItem {
    const node = trail.at(-1) ?? of.root;
    const isFolder = node.children !== undefined;
    const { None, Collapsed } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(trail.map(({ name }) => name).join('/'), isFolder ? Collapsed : None);
    item.resourceUri = vscode.Uri.joinPath(of.folder.uri, node.path);
    item.iconPath = isFolder ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
    const share = around === 0 ? 0 : node.tokens / around;
    item.description = `${figure(node.tokens)} · ${formatShare(share)}`;
    const [tokens, percent] = [formatTokens(node.tokens), formatShare(share)];
    const said = isFolder
      ? t('{0} in {1}, {2} of the folder around it', tokens, formatFiles(node.files), percent)
      : t('{0}, {1} of the folder around it', tokens, percent);
    item.tooltip = `${node.path || of.root.name}: ${said}`;
    item.accessibilityInformation = { label: `${node.name}, ${said}` };
    item.contextValue = isFolder ? 'folder' : 'file';
    if (!isFolder) {
      item.command = { command: 'vscode.open', title: t('Open'), arguments: [item.resourceUri] };
    }
    return item;
  }
}

function entriesOf(node: CostNode | undefined, of: FolderCost): Entry[] {
  return (node?.children ?? []).map((child) => ({ trail: compact(child), of, around: node?.tokens ?? 0 }));
}

/** "128,204 tokens in 310 files", and what is missing. */
function messageOf(costs: readonly FolderCost[]): string {
  if (costs.length === 0) {
    return t('Open a folder to see what its files cost in tokens.');
  }
  const sum = (of: (cost: FolderCost) => number): number =>
    costs.reduce((total, cost) => total + of(cost), 0);
  const files = sum(({ root }) => root.files);
  const total = t('{0} in {1}', formatTokens(sum(({ root }) => root.tokens)), formatFiles(files));
  return costs.every(({ complete }) => complete)
    ? total
    : t('{0} so far: the code is still being read', total);
}
