/** A folder's content with its tokens, most tokens first. Enter looks into a folder or opens a file; a button copies. */

import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { showLeftOut } from '../commands/leftOut';
import { costMessage, type CostResult } from '../protocol';
import type { Server } from '../server/server';
import { formatFiles, formatShare, formatTokens } from '../text/amounts';
import { errorSentence, escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { compact, type CostNode, costTree } from './costTree';
import { counted, t } from '../text/words';

const copyButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('copy'),
  tooltip: t('Copy these counts'),
};

interface Entry extends vscode.QuickPickItem {
  node?: CostNode;
  /** Whether Enter lists what is left out. */
  leftOut?: boolean;
}

export class CostPick {
  private readonly pick = vscode.window.createQuickPick<Entry>();
  private readonly cancelling = new vscode.CancellationTokenSource();
  private readonly name: string;
  /** From the root of the tree to the folder that is shown: each step has one folder, or several in one another. */
  private trail: CostNode[][] = [];
  private result: CostResult | undefined;

  constructor(
    private readonly server: Server,
    private readonly folder: vscode.Uri,
  ) {
    this.name = path.basename(folder.path) || folder.path;
    const { pick } = this;
    pick.placeholder = t('Enter looks into a folder or opens a file');
    pick.onDidTriggerButton((button) => {
      if (button === copyButton) {
        void this.copy();
      } else {
        this.trail.pop();
        this.draw();
      }
    });
    pick.onDidChangeActive(() => {
      if (this.trail.length > 0) {
        pick.title = this.headline();
      }
    });
    pick.onDidAccept(() => void this.accept());
    pick.onDidHide(() => {
      this.cancelling.cancel();
      this.cancelling.dispose();
      pick.dispose();
    });
  }

  show(): void {
    this.pick.title = t('Counting the tokens of {0}', this.name);
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
      listening = server.onWorkDone(workDoneToken, (value) => {
        if (value.kind === 'report' && value.message) {
          pick.title = t('Counting the tokens of {0}: {1}', this.name, value.message);
        }
      });
      const params = { folder: this.folder.toString(), workDoneToken };
      this.result = await server.request(costMessage, params, this.cancelling.token);
      this.trail = [compact(costTree(this.name, this.result.files))];
      this.draw();
    } catch (error) {
      if (!this.cancelling.token.isCancellationRequested) {
        pick.title = this.name;
        pick.items = [
          {
            label: t('No answer'),
            ...icon('warning'),
            detail: escapeIcons(errorSentence(error)),
            alwaysShow: true,
          },
        ];
      }
    } finally {
      listening?.dispose();
      pick.busy = false;
    }
  }

  private draw(): void {
    const { pick, result, shown } = this;
    if (shown === undefined || result === undefined) {
      return;
    }
    pick.title = this.headline();
    pick.buttons = [...(this.trail.length > 1 ? [vscode.QuickInputButtons.Back] : []), copyButton];
    pick.value = '';
    const entries = (shown.children ?? []).map((child) => nodeEntry(child, shown.tokens));
    pick.items = entries.length > 0 ? [...entries, ...this.skippedEntries()] : [emptyEntry(result)];
  }

  /** The folder whose content is shown. */
  private get shown(): CostNode | undefined {
    return this.trail.at(-1)?.at(-1);
  }

  private headline(): string {
    const where = this.trail
      .flat()
      .map(({ name }) => name)
      .join('/');
    const { tokens = 0, files = 0 } = this.shown ?? {};
    return t(
      '{0}: {1} in {2} ({3})',
      where,
      formatTokens(tokens),
      formatFiles(files),
      this.result?.tokenizer ?? '',
    );
  }

  /** Copy what is shown as a table, with tabs between the columns. */
  private async copy(): Promise<void> {
    const rows = (this.shown?.children ?? []).map(
      ({ name, tokens, children }) => `${tokens}\t${name}${children === undefined ? '' : '/'}`,
    );
    await vscode.env.clipboard.writeText([this.headline(), ...rows, ''].join('\n'));
    this.pick.title = counted(rows.length, 'Copied {0} line', 'Copied {0} lines');
  }

  /** At the root of the tree, a note on the files that the sum leaves out. */
  private skippedEntries(): Entry[] {
    const skipped = this.trail.length === 1 ? (this.result?.skipped ?? 0) : 0;
    if (skipped === 0) {
      return [];
    }
    const label = counted(skipped, '{0} file or folder not counted', '{0} files and folders not counted');
    return [
      { label: '', kind: vscode.QuickPickItemKind.Separator },
      { label, ...icon('circle-slash'), description: t('Enter says which, and why'), leftOut: true },
    ];
  }

  private async accept(): Promise<void> {
    const [chosen] = this.pick.activeItems;
    const node = chosen?.node;
    if (chosen?.leftOut) {
      this.pick.hide();
      await showLeftOut(this.server, this.folder);
    } else if (node?.children !== undefined) {
      this.trail.push(compact(node));
      this.draw();
    } else if (node !== undefined) {
      this.pick.hide();
      await vscode.window.showTextDocument(vscode.Uri.joinPath(this.folder, node.path));
    }
  }
}

function nodeEntry(node: CostNode, folderTokens: number): Entry {
  const inside = node.children === undefined ? '' : `, ${formatFiles(node.files)}`;
  const share = folderTokens === 0 ? 0 : node.tokens / folderTokens;
  const name = compact(node)
    .map((folder) => folder.name)
    .join('/');
  return {
    label: escapeIcons(name),
    ...icon(node.children === undefined ? 'file' : 'folder'),
    description: `${formatTokens(node.tokens)}, ${formatShare(share)}${inside}`,
    node,
  };
}

function emptyEntry({ skipped }: CostResult): Entry {
  const detail =
    skipped === 0
      ? t('The folder is empty.')
      : counted(
          skipped,
          '{0} file or folder left out. Enter says which, and why.',
          '{0} files and folders left out. Enter says which, and why.',
        );
  return { label: t('No file to count'), ...icon('info'), detail, alwaysShow: true, leftOut: skipped > 0 };
}
