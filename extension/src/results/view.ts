/** The results view: searches that stay, as a native tree. */

import * as vscode from 'vscode';
import { dragged } from './drag';
import { hoverOf, treeItem } from './items';
import type { KeptHit, KeptSearch, Order } from './kept';
import { hitsBelow, type HitNode, type Node, searchNode, type SearchNode, searchOf } from './nodes';
import { openHit } from './open';
import type { Searches } from './searches';
import { counted } from '../text/words';

export const VIEW = 'semlens.results';
const ORDER_KEY = 'semlens.resultsOrder';

export class ResultsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly tree: vscode.TreeView<Node>;
  private readonly nodes = new Map<KeptSearch, SearchNode>();
  private readonly listening: vscode.Disposable;
  /** The hit that was opened last, for the way to the next one. */
  private current: { search: string; id: string } | undefined;

  constructor(
    private readonly searches: Searches,
    private readonly memory: vscode.Memento,
  ) {
    this.tree = vscode.window.createTreeView(VIEW, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
      dragAndDropController: dragged,
    });
    this.listening = searches.onDidChange(() => {
      this.refresh();
    });
    this.refresh();
  }

  get order(): Order {
    return this.memory.get<Order>(ORDER_KEY, 'rank');
  }

  async setOrder(order: Order): Promise<void> {
    await this.memory.update(ORDER_KEY, order);
    this.nodes.clear();
    this.refresh();
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      return this.searches.all.map((search) => this.nodeOf(search));
    }
    return 'children' in node ? node.children : [];
  }

  getParent(node: Node): Node | undefined {
    return node.type === 'search' ? undefined : node.parent;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return treeItem(node, node.type === 'search' && node.search === this.searches.all[0]);
  }

  /** Fills the hover in once the user asks for it. */
  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.type === 'hit') {
      item.tooltip = hoverOf(node);
    }
    return item;
  }

  /** The nodes that a command is about: the clicked one with the others that are selected, or the selection. */
  chosen(clicked?: Node, selected?: readonly Node[]): readonly Node[] {
    if (clicked === undefined) {
      return this.tree.selection;
    }
    return selected !== undefined && selected.length > 0 ? selected : [clicked];
  }

  /** Show a search and unfold it. */
  async show(id: string): Promise<void> {
    await vscode.commands.executeCommand(`${VIEW}.focus`);
    const search = this.searches.get(id);
    if (search !== undefined) {
      await this.tree.reveal(this.nodeOf(search), { select: true, focus: true, expand: 1 });
    }
  }

  opened(node: HitNode): void {
    this.current = { search: searchOf(node).id, id: node.id };
  }

  /** Open the hit `steps` behind the one that was opened last; at the end go on at the beginning. */
  async walk(steps: 1 | -1): Promise<void> {
    const walked = this.walked();
    const hits = walked === undefined ? [] : hitsBelow(walked);
    const at = hits.findIndex(({ id }) => id === this.current?.id);
    const next = at < 0 ? (steps > 0 ? 0 : hits.length - 1) : (at + steps + hits.length) % hits.length;
    const node = hits[next];
    if (node === undefined) {
      return;
    }
    this.opened(node);
    if (this.tree.visible) {
      await this.tree.reveal(node, { select: true, focus: false });
    }
    await this.open(node.hit, searchOf(node).id);
  }

  /** Open a hit where it is now, and note if it is not there any more. */
  async open(hit: KeptHit, search: string, options: vscode.TextDocumentShowOptions = {}): Promise<void> {
    const now = await openHit(hit, options);
    this.searches.updateHits(search, (other) => (other === hit ? now : other));
  }

  dispose(): void {
    this.listening.dispose();
    this.tree.dispose();
    this.changed.dispose();
  }

  /** The search to walk through: that of the last opened hit, or of the selection, or the first one. */
  private walked(): SearchNode | undefined {
    const [selected] = this.tree.selection;
    const id = selected === undefined ? this.current?.search : searchOf(selected).id;
    const search = (id === undefined ? undefined : this.searches.get(id)) ?? this.searches.all[0];
    return search && this.nodeOf(search);
  }

  private nodeOf(search: KeptSearch): SearchNode {
    const known = this.nodes.get(search) ?? searchNode(search, this.order);
    this.nodes.set(search, known);
    return known;
  }

  private refresh(): void {
    const { all } = this.searches;
    for (const search of this.nodes.keys()) {
      if (!all.includes(search)) {
        this.nodes.delete(search);
      }
    }
    const hits = all.reduce((sum, search) => sum + search.hits.length, 0);
    this.tree.description = all.length > 1 ? counted(all.length, '{0} search', '{0} searches') : '';
    void vscode.commands.executeCommand('setContext', 'semlens.hasResults', hits > 0);
    void vscode.commands.executeCommand('setContext', 'semlens.resultsOrder', this.order);
    this.changed.fire(undefined);
  }
}
