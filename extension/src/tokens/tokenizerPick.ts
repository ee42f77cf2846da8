/** *Choose Tokenizer*: the tokenizers, each with what the open file or the selection costs in it. */

import * as vscode from 'vscode';
import { countMessage, type NamedTokenizer, type TokenCount, tokenizersMessage } from '../protocol';
import type { Server } from '../server/server';
import { formatTokens } from '../text/amounts';
import { errorSentence, escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { countable } from './countItem';
import { getTokenizer } from './getTokenizer';
import { t } from '../text/words';

interface Entry extends vscode.QuickPickItem {
  tokenizer?: NamedTokenizer;
}

/** Lets the user choose the tokenizer that is shown where there is room for one count. */
export async function chooseTokenizer(server: Server): Promise<void> {
  await server.untilRunning();
  const pick = vscode.window.createQuickPick<Entry>();
  const closing = new vscode.CancellationTokenSource();
  pick.title = t('Choose tokenizer');
  pick.placeholder = t('Count as which model does, in the status bar and on hover?');
  pick.matchOnDescription = true;
  pick.busy = true;
  pick.onDidHide(() => {
    closing.cancel();
    closing.dispose();
    pick.dispose();
  });
  pick.onDidAccept(() => {
    const chosen = pick.activeItems[0]?.tokenizer;
    if (chosen !== undefined) {
      pick.hide();
      void use(server, chosen);
    }
  });
  pick.show();
  try {
    await fill(server, pick, closing.token);
  } catch (error) {
    if (!closing.token.isCancellationRequested) {
      pick.items = [
        { label: t('No answer'), ...icon('warning'), detail: errorSentence(error), alwaysShow: true },
      ];
    }
  } finally {
    pick.busy = false;
  }
}

/** Show the tokenizers, then each count as soon as it is there: the slow ones hold up no other. */
async function fill(
  server: Server,
  pick: vscode.QuickPick<Entry>,
  token: vscode.CancellationToken,
): Promise<void> {
  const chosen = configured();
  const { tokenizers } = await server.request(tokenizersMessage, {}, token);
  const named = new Set(tokenizers.map(({ name }) => name));
  const own = chosen.filter((name) => !named.has(name)).map(ownTokenizer);
  const all = [...tokenizers, ...own];
  const counts = new Map<string, TokenCount>();
  const draw = (): void => {
    const [active] = pick.activeItems;
    pick.keepScrollPosition = true;
    pick.items = entries(all, chosen[0], counts);
    pick.activeItems = pick.items.filter(
      ({ tokenizer }) => tokenizer !== undefined && tokenizer.name === (active?.tokenizer?.name ?? chosen[0]),
    );
  };
  draw();
  const asked = countable();
  for (const { name } of all.filter(({ here }) => here)) {
    if (asked === undefined || token.isCancellationRequested) {
      return;
    }
    const found = await server.request(countMessage, { ...asked, tokenizers: [name] }, token);
    const count = found.counts.at(-1);
    if (count !== undefined) {
      counts.set(name, count);
      draw();
    }
  }
}

function entries(
  all: readonly NamedTokenizer[],
  current: string | undefined,
  counts: ReadonlyMap<string, TokenCount>,
): Entry[] {
  const here = all.filter((one) => one.here);
  const absent = all.filter((one) => !one.here);
  return [
    ...here.map((tokenizer): Entry => {
      const { name, models } = tokenizer;
      return {
        label: escapeIcons(name),
        ...icon(name === current ? 'check' : 'blank'),
        description: [shownCount(counts.get(name)), models].filter(Boolean).join(' · '),
        tokenizer,
      };
    }),
    { label: t('To download'), kind: vscode.QuickPickItemKind.Separator },
    ...absent.map((tokenizer): Entry => {
      const { name, models, megabytes, licence } = tokenizer;
      return {
        label: name,
        ...icon('cloud-download'),
        description: t('{0} MB · {1} · {2}', megabytes, models, licence),
        tokenizer,
      };
    }),
  ];
}

function shownCount(count: TokenCount | undefined): string {
  return count === undefined ? '' : (count.problem ?? formatTokens(count.tokens));
}

function ownTokenizer(name: string): NamedTokenizer {
  return { name, models: '', here: true, megabytes: 0, licence: '' };
}

/** Download the tokenizer if need be, and put it first among those that are shown. */
async function use(server: Server, tokenizer: NamedTokenizer): Promise<void> {
  try {
    if (!tokenizer.here && !(await getTokenizer(server, tokenizer))) {
      return;
    }
    const others = configured().filter((name) => name !== tokenizer.name);
    await vscode.workspace
      .getConfiguration('semlens')
      .update('tokenizers', [tokenizer.name, ...others], vscode.ConfigurationTarget.Global);
  } catch (error) {
    void vscode.window.showErrorMessage(errorSentence(error));
  }
}

function configured(): string[] {
  return vscode.workspace.getConfiguration('semlens').get<string[]>('tokenizers', []);
}
