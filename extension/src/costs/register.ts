/** Where the tokens are: a view, badges in the explorer, a treemap, and what of a folder fits into a budget. */

import * as vscode from 'vscode';
import type { Register } from '../commands/register';
import { chooseTokenizer } from '../context/budget';
import { contextMessage } from '../protocol';
import type { Server } from '../server/server';
import type { Status } from '../status/status';
import { Badges } from './badges';
import { Costs } from './costs';
import { CostView, VIEW } from './costView';
import { Treemap } from './treemap';

export function registerCosts(
  register: Register,
  server: Server,
  status: Status,
  { extensionUri, workspaceState }: vscode.ExtensionContext,
): vscode.Disposable {
  const costs = new Costs(server, status, workspaceState);
  const treemap = new Treemap(costs, extensionUri);
  register('showTreemap', () => {
    treemap.show();
  });
  register('refreshCosts', () => {
    costs.refresh();
  });
  register('showCosts', () => vscode.commands.executeCommand(`${VIEW}.focus`));
  register('chooseCostTokenizer', async () => {
    const { tokenizer, tokenizers } = await server.request(contextMessage, { places: [], maxTokens: 1 });
    const now = costs.known[0]?.tokenizer ?? tokenizer;
    const chosen = await chooseTokenizer([...new Set([now, ...tokenizers])], now);
    if (chosen !== undefined) {
      await costs.setTokenizer(chosen);
    }
  });
  return vscode.Disposable.from(costs, treemap, new CostView(costs).register(), new Badges(costs).register());
}
