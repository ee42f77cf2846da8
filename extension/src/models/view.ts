/** The view *Models*: each model that is installed or was used, what is indexed with it, and how far. */

import * as vscode from 'vscode';
import { type InstalledModel, modelsMessage } from '../protocol';
import { NotSetUp } from '../server/notSetUp';
import type { Server } from '../server/server';
import type { Status } from '../status/status';
import { formatPercent } from '../text/amounts';
import { errorSentence } from '../text/format';
import { t } from '../text/words';
import { below, isChosen, isSecond, itemOf, type Node } from './nodes';

export const VIEW = 'semlens.models';

/** The least time between two looks while folders are indexed. */
const APART_MS = 2_000;

export class ModelsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly tree: vscode.TreeView<Node>;
  private readonly listening: vscode.Disposable;
  private waiting: NodeJS.Timeout | undefined;

  constructor(
    private readonly server: Server,
    status: Status,
  ) {
    this.tree = vscode.window.createTreeView(VIEW, { treeDataProvider: this });
    this.listening = vscode.Disposable.from(
      status.onDidChange(() => {
        this.refreshSoon();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        const names = ['model', 'instantModel', 'secondModel', 'rerankModel', 'images', 'imageModel'];
        if (names.some((name) => event.affectsConfiguration(`semlens.${name}`))) {
          this.refresh();
        }
      }),
    );
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node !== undefined) {
      return below(node);
    }
    try {
      const { models } = await this.server.request(modelsMessage, {});
      this.tree.message = switching(models) ?? secondReads(models);
      return models.map((model) => ({ type: 'model', model }));
    } catch (error) {
      this.tree.message = error instanceof NotSetUp ? undefined : errorSentence(error); // else the view offers the set-up
      return [];
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return itemOf(node);
  }

  /** The model that a command is about: the clicked one, or the selected one. */
  chosen(clicked?: Node): InstalledModel | undefined {
    const node = clicked ?? this.tree.selection[0];
    return node?.type === 'model' ? node.model : undefined;
  }

  refresh(): void {
    this.changed.fire(undefined);
  }

  dispose(): void {
    clearTimeout(this.waiting);
    this.listening.dispose();
    this.tree.dispose();
    this.changed.dispose();
  }

  /** Statuses come many times a second while a folder is indexed. */
  private refreshSoon(): void {
    if (this.tree.visible) {
      this.waiting ??= setTimeout(() => {
        this.waiting = undefined;
        this.refresh();
      }, APART_MS);
    }
  }
}

/** While one model takes another's place: which one answers, and how far the new one is. */
function switching(models: readonly InstalledModel[]): string | undefined {
  const next = models.find((model) => model.tier === 'deep' && isChosen(model));
  const reading = next?.folders.find(({ answers }) => !answers);
  const now = models.find(
    (model) =>
      model.tier === 'deep' &&
      !model.inWords &&
      model !== next &&
      model.folders.some(({ answers, folder }) => answers && folder === reading?.folder),
  );
  return next === undefined || reading === undefined || now === undefined
    ? undefined
    : t(
        '{0} answers until {1} has read your code: {2} so far. Use {0} to go back at once.',
        now.name,
        next.name,
        formatPercent(reading.texts === 0 ? 0 : reading.embedded), // its texts are being read, too
      );
}

/** How far the second model is, which reads after the first. */
function secondReads(models: readonly InstalledModel[]): string | undefined {
  const second = models.find(isSecond);
  const reading = second?.folders.find(({ embedded }) => embedded < 1);
  return second === undefined || reading === undefined
    ? undefined
    : t(
        '{0}, the second model, reads your code in words: {1} so far.',
        second.name,
        formatPercent(reading.embedded),
      );
}
