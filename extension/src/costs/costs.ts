/** What the workspace costs in tokens, folder by folder: counted when it is first asked for, and after changes. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import { costMessage } from '../protocol';
import type { Server } from '../server/server';
import type { Status } from '../status/status';
import { type CostNode, costTree } from '../tokens/costTree';
import { t } from '../text/words';

/** A change on disk is counted this long after the last one. */
const CHANGED_AFTER_MS = 2_000;
const KEY = 'semlens.costTokenizer';

export interface FolderCost {
  folder: vscode.WorkspaceFolder;
  tokenizer: string;
  root: CostNode;
  skipped: number;
  /** Whether all of the folder is counted. */
  complete: boolean;
}

export class Costs implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];
  private counted: Promise<FolderCost[]> | undefined;
  /** Whether the last count that was asked for failed, so that somebody waits for another. */
  private failed = false;
  private latest: FolderCost[] = [];
  private request: vscode.CancellationTokenSource | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly server: Server,
    status: Status,
    private readonly memory: vscode.Memento,
  ) {
    this.subscriptions = [
      server.onDidChangeState(({ kind }) => {
        if (kind === 'running' && this.failed) {
          this.failed = false;
          this.changed.fire();
        }
      }),
      status.onDidChange(() => {
        this.refreshSoon();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.refresh();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('semlens.tokenizers')) {
          this.refresh();
        }
      }),
    ];
  }

  /** The tokenizer that the user chose for the tree; the first of the settings if undefined. */
  get tokenizer(): string | undefined {
    return this.memory.get<string>(KEY);
  }

  async setTokenizer(name: string): Promise<void> {
    await this.memory.update(KEY, name);
    this.refresh();
  }

  /** What is known without waiting. */
  get known(): readonly FolderCost[] {
    return this.latest;
  }

  /** The costs of all folders. Rejects with a sentence if none can be counted. */
  get(): Promise<FolderCost[]> {
    if (this.counted === undefined) {
      const counted = this.count();
      this.counted = counted;
      counted.catch(() => {
        if (this.counted === counted) {
          this.counted = undefined; // asked again, it is tried again
          this.failed = true;
        }
      });
    }
    return this.counted;
  }

  /** Count again, if anybody has asked, and say so if anything has changed. */
  refresh(): void {
    if (this.counted !== undefined) {
      this.request?.cancel();
      const before = this.summary();
      const counted = this.count();
      this.counted = counted;
      const compare = (): void => {
        const now = this.summary();
        if (counted === this.counted && now !== before) {
          this.changed.fire();
        }
      };
      counted.then(compare, () => {
        if (counted === this.counted) {
          this.counted = undefined;
          this.failed = true;
          this.changed.fire();
        }
      });
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.request?.cancel();
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  private summary(): string {
    return JSON.stringify(this.latest.map(({ root, tokenizer, complete }) => [root, tokenizer, complete]));
  }

  private refreshSoon(): void {
    if (this.counted !== undefined) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.refresh();
      }, CHANGED_AFTER_MS);
    }
  }

  private async count(): Promise<FolderCost[]> {
    const request = new vscode.CancellationTokenSource();
    this.request = request;
    try {
      const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
      const counts = folders.map((folder) => this.countFolder(folder, request.token));
      this.latest = await Promise.all(counts);
      return this.latest;
    } finally {
      request.dispose();
    }
  }

  private async countFolder(
    folder: vscode.WorkspaceFolder,
    token: vscode.CancellationToken,
  ): Promise<FolderCost> {
    const { tokenizer } = this;
    const params = { folder: folder.uri.toString(), ...(tokenizer === undefined ? {} : { tokenizer }) };
    const found = await this.server.request(costMessage, params, token);
    const name = folder.name || path.basename(folder.uri.path);
    const root = costTree(name, found.files);
    return { folder, tokenizer: found.tokenizer, root, skipped: found.skipped, complete: found.complete };
  }
}

/** The costs of all folders as one tree. */
export function wholeTree(costs: readonly FolderCost[]): CostNode | undefined {
  const [first, ...others] = costs;
  if (first === undefined || others.length === 0) {
    return first?.root;
  }
  const children = costs.map(({ root }) => root).sort((one, other) => other.tokens - one.tokens);
  const sum = (of: 'tokens' | 'files'): number => children.reduce((total, child) => total + child[of], 0);
  return { name: t('Workspace'), path: '', tokens: sum('tokens'), files: sum('files'), children };
}
