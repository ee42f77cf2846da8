/** A folder's content with its tokens, most tokens first. Enter looks into a folder or opens a file. */

import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { WorkDoneProgress } from 'vscode-languageclient/node';
import { costMessage, type CostResult } from '../protocol';
import type { Server } from '../server/server';
import { errorSentence, escapeIcons, formatCount, formatTokens } from '../text/format';
import { type CostNode, costTree } from './costTree';

interface Entry extends vscode.QuickPickItem {
  node?: CostNode;
}

export class CostPick {
  private readonly pick = vscode.window.createQuickPick<Entry>();
  private readonly cancelling = new vscode.CancellationTokenSource();
  private readonly name: string;
  /** From the root of the tree to the folder that is shown. */
  private trail: CostNode[] = [];
  private result: CostResult | undefined;

  constructor(
    private readonly server: Server,
    private readonly folder: vscode.Uri,
  ) {
    this.name = path.basename(folder.path) || folder.path;
    const { pick } = this;
    pick.placeholder = 'Enter looks into a folder or opens a file';
    pick.onDidTriggerButton(() => {
      this.trail.pop();
      this.draw();
    });
    pick.onDidAccept(() => void this.accept());
    pick.onDidHide(() => {
      this.cancelling.cancel();
      this.cancelling.dispose();
      pick.dispose();
    });
  }

  show(): void {
    this.pick.title = `Counting the tokens of ${this.name}`;
    this.pick.busy = true;
    this.pick.show();
    void this.count();
  }

  private async count(): Promise<void> {
    const { pick, server } = this;
    const workDoneToken = randomUUID();
    let listening: vscode.Disposable | undefined;
    try {
      await server.untilRunning();
      listening = server.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
        if (value.kind === 'report' && value.message) {
          pick.title = `Counting the tokens of ${this.name}: ${value.message}`;
        }
      });
      const params = { folder: this.folder.toString(), workDoneToken };
      this.result = await server.request(costMessage, params, this.cancelling.token);
      this.trail = [costTree(this.name, this.result.files)];
      this.draw();
    } catch (error) {
      if (!this.cancelling.token.isCancellationRequested) {
        pick.title = this.name;
        pick.items = [
          { label: '$(warning) No answer', detail: escapeIcons(errorSentence(error)), alwaysShow: true },
        ];
      }
    } finally {
      listening?.dispose();
      pick.busy = false;
    }
  }

  private draw(): void {
    const { pick, result } = this;
    const node = this.trail.at(-1);
    if (node === undefined || result === undefined) {
      return;
    }
    const where = this.trail.map(({ name }) => name).join('/');
    pick.title = `${where}: ${formatTokens(node.tokens)} in ${formatCount(node.files, 'file')} (${result.tokenizer})`;
    pick.buttons = this.trail.length > 1 ? [vscode.QuickInputButtons.Back] : [];
    pick.value = '';
    const entries = (node.children ?? []).map((child) => nodeEntry(child, node.tokens));
    pick.items = entries.length > 0 ? [...entries, ...this.skippedEntries()] : [emptyEntry(result)];
  }

  /** At the root of the tree, a note on the files that the sum leaves out. */
  private skippedEntries(): Entry[] {
    const skipped = this.trail.length === 1 ? (this.result?.skipped ?? 0) : 0;
    if (skipped === 0) {
      return [];
    }
    const label = `${formatCount(skipped, 'file or folder', 'files and folders')} not counted`;
    return [
      { label: '', kind: vscode.QuickPickItemKind.Separator },
      { label: `$(circle-slash) ${label}`, description: 'ignored, binary, generated or secret' },
    ];
  }

  private async accept(): Promise<void> {
    const node = this.pick.activeItems[0]?.node;
    if (node === undefined) {
      return;
    }
    if (node.children !== undefined) {
      this.trail.push(node);
      this.draw();
      return;
    }
    this.pick.hide();
    await vscode.window.showTextDocument(vscode.Uri.joinPath(this.folder, node.path));
  }
}

function nodeEntry(node: CostNode, folderTokens: number): Entry {
  const inside = node.children === undefined ? '' : `, ${formatCount(node.files, 'file')}`;
  const share = folderTokens === 0 ? 0 : Math.round((100 * node.tokens) / folderTokens);
  return {
    label: `$(${node.children === undefined ? 'file' : 'folder'}) ${escapeIcons(node.name)}`,
    description: `${formatTokens(node.tokens)}, ${share} %${inside}`,
    node,
  };
}

function emptyEntry({ skipped }: CostResult): Entry {
  return {
    label: '$(info) No file to count',
    detail:
      skipped === 0
        ? 'The folder is empty.'
        : `${formatCount(skipped, 'file or folder', 'files and folders')} left out: ignored, binary, generated or secret.`,
    alwaysShow: true,
  };
}
