/** Shows a card in place of a list of hits, with a way back. */

import * as vscode from 'vscode';
import { errorSentence, escapeIcons } from '../text/format';
import { icon } from '../text/icon';
import { showPlace } from '../view/showPlace';
import { showWithWayBack } from './wayBack';
import type { Card, CardItem } from './whyCard';
import { t } from '../text/words';

export interface CardActions {
  /** To the list, with another question if `suggestion` is there. */
  back: (suggestion?: string) => void;
}

/** Shows what `load` gives, and meanwhile that it is on its way. */
export async function showCard(
  title: string,
  load: (token: vscode.CancellationToken) => Promise<Card | undefined>,
  { back }: CardActions,
): Promise<void> {
  const pick = vscode.window.createQuickPick<CardItem>();
  const request = new vscode.CancellationTokenSource();
  pick.title = title;
  pick.placeholder = t('Enter or Escape goes back to the hits');
  pick.matchOnDescription = true;
  pick.busy = true;
  pick.onDidAccept(() => {
    choose(pick, back);
  });
  pick.onDidHide(() => {
    request.cancel();
  });
  showWithWayBack(pick, () => {
    back();
  });
  const card = await load(request.token).catch((error: unknown) => noCard(errorSentence(error)));
  if (!request.token.isCancellationRequested) {
    const { title: loaded, items } = card ?? noCard(t('The hit is not among the answers any more.'));
    pick.title = loaded || title;
    pick.items = items;
    pick.busy = false;
  }
}

function noCard(reason: string): Card {
  return { title: '', items: [{ label: escapeIcons(reason), ...icon('warning'), alwaysShow: true }] };
}

function choose(pick: vscode.QuickPick<CardItem>, back: CardActions['back']): void {
  const [chosen] = pick.activeItems;
  if (chosen?.card !== undefined) {
    pick.title = chosen.card.title;
    pick.items = chosen.card.items;
  } else if (chosen?.hit !== undefined) {
    const { uri, line } = chosen.hit;
    pick.hide();
    void showPlace(uri, line);
  } else if (chosen?.command !== undefined) {
    pick.hide();
    void vscode.commands.executeCommand(chosen.command);
  } else {
    back(chosen?.suggestion);
  }
}
