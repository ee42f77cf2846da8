/** The hover that says what a definition, or the selected code, costs in tokens, with links to what to do next. */

import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { hoverMessage, type Range } from '../protocol';
import type { Server } from '../server/server';

/**
 * Commands that the hover links to, each called with the document's URI as a text and the range, with `start` and
 * `end`, that the hover speaks of. A command that the extension does not register has no link.
 */
export const HOVER_LINKS: readonly { command: string; title: string; tooltip: string }[] = [
  {
    command: 'semlens.showTokens',
    title: 'Show Tokens',
    tooltip: 'See how tokenizers cut this code',
  },
  {
    command: 'semlens.copyContext',
    title: 'Copy as Context',
    tooltip: 'Copy this code with its place, ready for a prompt',
  },
  {
    command: 'semlens.compareSelections',
    title: 'Compare',
    tooltip: 'See how close this code is to other code',
  },
];

/** Answers the editor's hovers in place of the protocol's own request, which knows no selection. */
export function tokenHover(server: Server): Middleware['provideHover'] {
  return async (document, position, token) => {
    try {
      const found = await server.request(
        hoverMessage,
        {
          textDocument: { uri: document.uri.toString() },
          position: { line: position.line, character: position.character },
          selection: selectionAround(document, position),
        },
        token,
      );
      if (found.text === '') {
        return undefined;
      }
      const shown = new vscode.MarkdownString(found.text);
      if (found.about) {
        await addLinks(shown, document.uri, found.about);
      }
      return new vscode.Hover(shown, found.range ? asRange(found.range) : undefined);
    } catch {
      return undefined; // the status bar says what is wrong with the server
    }
  };
}

async function addLinks(shown: vscode.MarkdownString, uri: vscode.Uri, about: Range): Promise<void> {
  const registered = new Set(await vscode.commands.getCommands(true));
  const links = HOVER_LINKS.filter(({ command }) => registered.has(command));
  if (links.length === 0) {
    return;
  }
  const parameters = encodeURIComponent(JSON.stringify([uri.toString(), about]));
  shown.isTrusted = { enabledCommands: links.map(({ command }) => command) };
  shown.appendMarkdown(
    `\n\n${links.map(({ command, title, tooltip }) => `[${title}](command:${command}?${parameters} "${tooltip}")`).join(' · ')}`,
  );
}

/** The selection that the mouse is over, so that the hover speaks of it. */
function selectionAround(document: vscode.TextDocument, position: vscode.Position): Range | undefined {
  const selections = vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document)
    .flatMap((editor) => editor.selections);
  const around = selections.find((selection) => !selection.isEmpty && selection.contains(position));
  return around && { start: plain(around.start), end: plain(around.end) };
}

function plain({ line, character }: vscode.Position): Range['start'] {
  return { line, character };
}

function asRange({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
