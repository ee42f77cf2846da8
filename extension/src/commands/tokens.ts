/** *Count Tokens*: what a file costs, and what a folder costs, with what in it costs most. */

import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { WorkDoneProgress } from 'vscode-languageclient/node';
import { type CostNode, costTree } from '../costTree';
import { costMessage, type CostResult } from '../protocol';
import { type Server, SERVED } from '../server';
import { countDocument, countText, tokens } from '../tokens';
import { count, literal, sentence } from '../words';

interface Entry extends vscode.QuickPickItem {
  node?: CostNode;
}

/** Of the file or folder at `uri`; else of the file in the editor; else of the workspace. */
export async function countTokens(server: Server, uri?: vscode.Uri): Promise<void> {
  const found =
    uri ?? vscode.window.activeTextEditor?.document.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (found === undefined) {
    void vscode.window.showInformationMessage('Open a file or a folder first.');
  } else if (await isFolder(found)) {
    new CostPick(server, found).show();
  } else {
    await countFile(server, found);
  }
}

async function countFile(server: Server, uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri); // what is no text is refused here
  const known = SERVED.has(uri.scheme);
  const { billed, own } = await (known ? countDocument(server, uri) : countText(server, document.getText()));
  void vscode.window.showInformationMessage(
    `${path.basename(uri.path)}: ${tokens(billed.tokens)} (${billed.tokenizer}), ` +
      `${own.tokens.toLocaleString('en')} in ${own.tokenizer}`,
  );
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.Directory;
  } catch {
    return false; // a text that is in no file system, for example one that was never saved
  }
}

/** What is in a folder, dearest first. Enter looks into a folder or opens a file. */
class CostPick {
  private readonly pick = vscode.window.createQuickPick<Entry>();
  private readonly cancelling = new vscode.CancellationTokenSource();
  private readonly name: string;
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
      await server.running();
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
        pick.items = [{ label: '$(warning) No answer', detail: literal(sentence(error)), alwaysShow: true }];
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
    pick.title = `${where}: ${tokens(node.tokens)} in ${count(node.files, 'file')} (${result.tokenizer})`;
    pick.buttons = this.trail.length > 1 ? [vscode.QuickInputButtons.Back] : [];
    pick.value = '';
    const entries = (node.children ?? []).map((child) => entry(child, node.tokens));
    pick.items = entries.length > 0 ? [...entries, ...this.leftOut()] : [nothing(result)];
  }

  /** Files that a search leaves out are no part of the sum, which has to be said. */
  private leftOut(): Entry[] {
    const skipped = this.trail.length === 1 ? (this.result?.skipped ?? 0) : 0;
    if (skipped === 0) {
      return [];
    }
    const label = `${count(skipped, 'file or folder', 'files and folders')} not counted`;
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

function entry(node: CostNode, whole: number): Entry {
  const inside = node.children === undefined ? '' : `, ${count(node.files, 'file')}`;
  const share = whole === 0 ? 0 : Math.round((100 * node.tokens) / whole);
  return {
    label: `$(${node.children === undefined ? 'file' : 'folder'}) ${literal(node.name)}`,
    description: `${tokens(node.tokens)}, ${share} %${inside}`,
    node,
  };
}

function nothing({ skipped }: CostResult): Entry {
  return {
    label: '$(info) No file to count',
    detail:
      skipped === 0
        ? 'The folder is empty.'
        : `${count(skipped, 'file or folder', 'files and folders')} left out: ignored, binary, generated or secret.`,
    alwaysShow: true,
  };
}
