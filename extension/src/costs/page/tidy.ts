/** Takes from tiles what would stand there in part: a number cut off is another number, and a letter names nothing. */

import { HEADING } from './tiles';

/** What a tile says, as the page has laid it out, in pixels. */
export interface Label {
  isFolder: boolean;
  /** Inside of the tile's border. */
  width: number;
  height: number;
  /** The name as far as it is shown, and whole. */
  name: { width: number; whole: number };
  count: { right: number; bottom: number };
}

/** Of a name that is cut off, less than this says nothing. */
const NAME = 40;

/** What of a label is kept. A number alone would tell of nobody knows what. */
export function kept({ isFolder, width, height, name, count }: Label): { name: boolean; count: boolean } {
  const isNamed = name.width >= Math.min(name.whole, NAME);
  const bottom = isFolder ? Math.min(height, HEADING) : height; // below a heading is what is in the folder
  return { name: isNamed, count: isNamed && count.right <= width && count.bottom <= bottom };
}

/** All is measured before anything is taken away, so that the page is laid out once. */
export function tidy(tiles: readonly HTMLElement[]): void {
  const found = tiles.flatMap((tile) => {
    const name = tile.querySelector<HTMLElement>('.name');
    const count = tile.querySelector<HTMLElement>('.count');
    return name && count ? [{ name, count, keeps: kept(labelOf(tile, name, count)) }] : [];
  });
  for (const { name, count, keeps } of found) {
    if (!keeps.count) {
      count.remove();
    }
    if (!keeps.name) {
      name.remove();
    }
  }
}

function labelOf(tile: HTMLElement, name: HTMLElement, count: HTMLElement): Label {
  return {
    isFolder: tile.classList.contains('folder'),
    width: tile.clientWidth,
    height: tile.clientHeight,
    name: { width: name.clientWidth, whole: name.scrollWidth },
    count: {
      right: count.offsetLeft + count.offsetWidth,
      bottom: count.offsetTop + count.offsetHeight,
    },
  };
}
