/** An extension that calls Semlens's tools as an agent of the editor does, and writes down what it got. */

import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';

/** What one call of a tool gave. `tokens` are counted by `count`. */
export interface ToolCall {
  tool: string;
  budget: number;
  text: string;
  tokens: number;
}

interface Part {
  value: string;
}

interface Tools {
  tools: readonly { name: string; description: string }[];
  invokeTool(name: string, options: unknown): Thenable<{ content: Part[] }>;
}

const QUESTIONS: readonly [string, number, string][] = [
  ['semlens_search', 300, 'postage'],
  ['semlens_search', 1500, 'postage'],
  ['semlens_context', 1000, 'render_invoice'],
  ['semlens_search', 20, 'anything'],
];

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('agentTest.call', callTools),
    vscode.commands.registerCommand('agentTest.keepAsking', () => void keepAsking()),
  );
}

async function callTools(): Promise<void> {
  const agents = vscode.lm as unknown as Tools;
  const calls: ToolCall[] = [];
  let problem = '';
  try {
    for (const [tool, budget, query] of QUESTIONS) {
      const tokenizationOptions = {
        tokenBudget: budget,
        countTokens: (text: string) => Promise.resolve(count(text)),
      };
      const options = { input: { query }, toolInvocationToken: undefined, tokenizationOptions };
      const { content } = await agents.invokeTool(tool, options);
      const text = content.map(({ value }) => value).join('');
      calls.push({ tool, budget, text, tokens: count(text) });
    }
  } catch (error) {
    problem = String(error);
  }
  const names = agents.tools.map(({ name }) => name).filter((name) => name.startsWith('semlens'));
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  writeFileSync(path.join(folder, '..', 'agent-calls.json'), JSON.stringify({ names, calls, problem }));
}

/** Asks again and again until there is a file `stop`, and writes down when answers came, and what failed. */
async function keepAsking(): Promise<void> {
  const agents = vscode.lm as unknown as Tools;
  const folder = path.join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', '..');
  const answered: number[] = [];
  const failures: string[] = [];
  while (!existsSync(path.join(folder, 'stop'))) {
    try {
      const input = { query: `attempt ${answered.length}` };
      await agents.invokeTool('semlens_search', { input, toolInvocationToken: undefined });
      answered.push(Date.now());
    } catch (error) {
      failures.push(String(error));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  writeFileSync(path.join(folder, 'answers.json'), JSON.stringify({ answered, failures }));
}

/** Another tokenizer than Semlens's, which makes more tokens of a text. */
function count(text: string): number {
  return Math.ceil(text.length / 2);
}
