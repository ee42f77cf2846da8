/** Opens lists of hits, one at a time, and has commands act on the open one. */

import { HitPick, type Lists } from './hitPick';
import type { HitPickOptions } from './hitPickOptions';
import { Preview } from './preview';

const lists: Lists = { show: showHits };

/** Opens a list of hits, which replaces the open one. */
export function showHits(options: HitPickOptions): void {
  const handedOver = lists.open?.handOver();
  const start = handedOver === undefined ? options.start?.() : undefined;
  const preview = handedOver ?? lists.closing ?? new Preview();
  lists.closing = undefined;
  preview.resume();
  lists.open = new HitPick(options, preview, lists);
  lists.open.show(start);
}

/** A command on the open list, if there is one. */
export function onOpenList(act: (list: HitPick) => unknown): () => Promise<void> {
  return async () => {
    await (lists.open && act(lists.open));
  };
}
