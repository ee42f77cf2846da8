/** Badges in the explorer with the tokens of files and folders, by the setting `semlens.tokenBadges`. */

import * as vscode from 'vscode';
import { formatTokens } from '../text/amounts';
import type { CostNode } from '../tokens/costTree';
import type { Costs } from './costs';

const SETTING = 'semlens.tokenBadges';
const SMALLEST = 1_000;

export class Badges implements vscode.FileDecorationProvider {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeFileDecorations = this.changed.event;
  private byPath: Promise<Map<string, number>> | undefined;

  constructor(private readonly costs: Costs) {}

  register(): vscode.Disposable {
    const again = (): void => {
      this.byPath = undefined;
      this.changed.fire(undefined);
    };
    return vscode.Disposable.from(
      this.changed,
      vscode.window.registerFileDecorationProvider(this),
      this.costs.onDidChange(again),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SETTING)) {
          again();
        }
      }),
    );
  }

  async provideFileDecoration(uri: vscode.Uri): Promise<vscode.FileDecoration | undefined> {
    if (uri.scheme !== 'file' || !vscode.workspace.getConfiguration().get<boolean>(SETTING, false)) {
      return undefined;
    }
    this.byPath ??= this.tokens().catch(() => new Map<string, number>());
    const tokens = (await this.byPath).get(uri.path);
    return tokens === undefined || tokens < SMALLEST
      ? undefined
      : new vscode.FileDecoration(badge(tokens), formatTokens(tokens));
  }

  private async tokens(): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const { folder, root } of await this.costs.get()) {
      const note = (node: CostNode): void => {
        found.set(node.path === '' ? folder.uri.path : `${folder.uri.path}/${node.path}`, node.tokens);
        node.children?.forEach(note);
      };
      note(root);
    }
    return found;
  }
}

/** Two letters, which is all that a badge may have: "3k", "42" thousand, ".3" million, "7M", "9+" and more. */
export function badge(tokens: number): string {
  const thousands = Math.floor(tokens / 1_000);
  if (thousands < 10) {
    return `${thousands}k`;
  }
  if (thousands < 100) {
    return String(thousands);
  }
  if (thousands < 1_000) {
    return `.${Math.floor(thousands / 100)}`;
  }
  return thousands < 10_000 ? `${Math.floor(thousands / 1_000)}M` : '9+';
}
