/** The tools for the agents of this editor: `#semlens` finds code, `#semlensContext` reads the code for a question. */

import type * as vscode from 'vscode';
import { type PackParams, packMessage } from '../protocol';
import type { Server } from '../server/server';
import { errorSentence } from '../text/format';
import { registerTool, toolResult, type Tool } from './api';
import { fitting } from './fit';
import { t } from '../text/words';

interface ToolInput {
  query: string;
  paths?: string[];
  languages?: string[];
  maxTokens?: number;
}

const SEARCH_TOKENS = 2000;
const CONTEXT_TOKENS = 4000;
const CONTEXT_PASSAGES = 50;
const SHOWN_CHARACTERS = 60;

/** Registers the tools. Empty in an editor whose agents have none. */
export function registerTools(server: Server): vscode.Disposable[] {
  const search = tool(server, (question) => t('Searching the code for “{0}”', question), SEARCH_TOKENS, {});
  const context = tool(server, (question) => t('Reading the code for “{0}”', question), CONTEXT_TOKENS, {
    whole: true,
    limit: CONTEXT_PASSAGES,
  });
  const registered = [registerTool('semlens_search', search), registerTool('semlens_context', context)];
  return registered.filter((one) => one !== undefined);
}

function tool(
  server: Server,
  doing: (question: string) => string,
  defaultTokens: number,
  fixed: Partial<PackParams>,
): Tool<ToolInput> {
  return {
    prepareInvocation: ({ input }) => ({ invocationMessage: doing(shortened(input.query)) }),
    invoke: async ({ input, tokenizationOptions }, token) => {
      const wanted = input.maxTokens ?? defaultTokens;
      const ask = async (maxTokens: number): Promise<string> => {
        const { query, paths: include = [], languages = [] } = input;
        const params = { query, include, languages, maxTokens, ...fixed };
        return (await server.request(packMessage, params, token)).text;
      };
      try {
        if (tokenizationOptions === undefined) {
          return toolResult(await ask(wanted));
        }
        const { tokenBudget } = tokenizationOptions;
        const budget = {
          tokens: Math.min(wanted, tokenBudget),
          count: (text: string) => tokenizationOptions.countTokens(text, token),
        };
        return toolResult(await fitting(ask, budget));
      } catch (error) {
        throw new Error(errorSentence(error), { cause: error }); // the agent reads it
      }
    },
  };
}

function shortened(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}
