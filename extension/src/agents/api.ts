/** The parts of VS Code's interface for agents that are used. They are newer than the oldest editor that is served. */

import * as vscode from 'vscode';

export interface ToolOptions<Input> {
  readonly input: Input;
  readonly tokenizationOptions?: {
    readonly tokenBudget: number;
    countTokens(text: string, token?: vscode.CancellationToken): Thenable<number>;
  };
}

export interface Tool<Input> {
  invoke(options: ToolOptions<Input>, token: vscode.CancellationToken): Promise<unknown>;
  prepareInvocation(options: ToolOptions<Input>): { invocationMessage: string };
}

export interface ServerProvider {
  readonly onDidChangeMcpServerDefinitions: vscode.Event<void>;
  provideMcpServerDefinitions(): Promise<readonly unknown[]>;
}

/** `vscode.lm`, of which an older editor has a part or nothing. */
interface LanguageModels {
  registerTool?: <Input>(name: string, tool: Tool<Input>) => vscode.Disposable;
  registerMcpServerDefinitionProvider?: (id: string, provider: ServerProvider) => vscode.Disposable;
}

interface Constructors {
  lm?: LanguageModels;
  LanguageModelTextPart?: new (text: string) => unknown;
  LanguageModelToolResult?: new (parts: readonly unknown[]) => unknown;
  McpStdioServerDefinition?: new (
    label: string,
    command: string,
    args: string[],
    env: Record<string, string>,
    version: string,
  ) => { cwd?: vscode.Uri };
}

const editor = vscode as unknown as Constructors;

/** Registers a tool. Undefined in an editor whose agents have no tools. */
export function registerTool<Input>(name: string, tool: Tool<Input>): vscode.Disposable | undefined {
  return editor.lm?.registerTool?.(name, tool);
}

/** Registers a provider of servers. Undefined in an editor that knows none. */
export function registerServers(id: string, provider: ServerProvider): vscode.Disposable | undefined {
  return editor.lm?.registerMcpServerDefinitionProvider?.(id, provider);
}

/** The result of a tool. */
export function toolResult(text: string): unknown {
  const { LanguageModelTextPart: Part, LanguageModelToolResult: Result } = editor;
  return Part === undefined || Result === undefined ? { content: [] } : new Result([new Part(text)]);
}

/** A server that is started in `folder`; undefined in an editor that knows none. */
export function serverDefinition(
  label: string,
  [command, ...args]: readonly [string, ...string[]],
  env: Record<string, string>,
  version: string,
  folder: vscode.Uri,
): unknown {
  const { McpStdioServerDefinition: Definition } = editor;
  if (Definition === undefined) {
    return undefined;
  }
  const definition = new Definition(label, command, args, env, version);
  definition.cwd = folder;
  return definition;
}
