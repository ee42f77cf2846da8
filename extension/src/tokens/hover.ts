/** The hover that says what a definition, or the selected code, costs in tokens, with links to what to do next. */

import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { hoverMessage, type Range } from '../protocol';
import { plainPosition, plainRange } from '../server/positions';
import type { Server } from '../server/server';
import { t } from '../text/words';

/** Shows how tokenizers cut some code. */
export const SHOW_TOKENS = 'semlens.showTokens';

/**
 * Commands that the hover links to, each called with the URI of a document, as a text, and the range that the hover is
 * about. One that is not registered has no link.
 */
export const HOVER_LINKS: readonly { command: string; title: string; tooltip: string }[] = [
  {
    command: SHOW_TOKENS,
    title: t('Show Tokens'),
    tooltip: t('See how tokenizers cut this code'),
  },
  {
    command: 'semlens.copyAsContext',
    title: t('Copy as Context'),
    tooltip: t('Copy this code with its place, ready for a prompt'),
  },
  {
    command: 'semlens.compareSelections',
    title: t('Compare'),
    tooltip: t('See how alike this code and other code are in meaning'),
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
          position: plainPosition(position),
          selection: selectionAround(document, position),
        },
        token,
      );
      if (found.text === '') {
        return undefined;
      }
      const shown = await withLinks(found.text, document.uri, found.about);
      return new vscode.Hover(shown, found.range ? asRange(found.range) : undefined);
    } catch {
      return undefined; // the status bar says what is wrong with the server
    }
  };
}

/** The text with links below its first line, where they are in sight whatever follows. */
async function withLinks(
  text: string,
  uri: vscode.Uri,
  about: Range | null | undefined,
): Promise<vscode.MarkdownString> {
  const known = await registeredCommands();
  const links = about ? HOVER_LINKS.filter(({ command }) => known.has(command)) : [];
  if (!about || links.length === 0) {
    return new vscode.MarkdownString(text);
  }
  const parameters = encodeURIComponent(JSON.stringify([uri.toString(), about]));
  const [title = '', ...rest] = text.split('\n');
  const linked = links.map((one) => `[${one.title}](command:${one.command}?${parameters} "${one.tooltip}")`);
  const shown = new vscode.MarkdownString([`${title}  `, linked.join(' · '), ...rest].join('\n'));
  shown.isTrusted = { enabledCommands: links.map(({ command }) => command) };
  return shown;
}

let registered: Promise<ReadonlySet<string>> | undefined;

/** The editor's commands at the first call, when the extension has registered all of its own. */
export function registeredCommands(): Promise<ReadonlySet<string>> {
  registered ??= Promise.resolve(vscode.commands.getCommands(true)).then((names) => new Set(names));
  return registered;
}

/** The selection that the mouse is over, so that the hover speaks of it. */
function selectionAround(document: vscode.TextDocument, position: vscode.Position): Range | undefined {
  const selections = vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document)
    .flatMap((editor) => editor.selections);
  const around = selections.find((selection) => !selection.isEmpty && selection.contains(position));
  return around && plainRange(around);
}

function asRange({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
