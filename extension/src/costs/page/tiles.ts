/** Which tiles the treemap draws where: folders with their content, as deep as there is room. Pure. */

import { compact, type CostNode } from '../../tokens/costTree';
import { type Box, layout } from './layout';

/** Pixels of a folder's heading. */
export const HEADING = 20;
const GAP = 2;
/** A smaller box is not drawn. */
const SMALLEST = 3;
/** In a smaller box a folder's content is not drawn: its names could not be read. */
const ROOM: Readonly<Pick<Box, 'width' | 'height'>> = { width: 48, height: 28 };
/** The colours of the theme's charts, by the folder at the top. */
const COLOURS = 6;

export interface Tile {
  node: CostNode;
  /** As it is labelled: folders of which each has nothing but the next are one tile. */
  name: string;
  /** From the root of the tree. */
  path: string;
  box: Box;
  colour: number;
  /** The tokens of the folder around it. */
  around: number;
}

/** The tiles of a folder's content in a box, folders before what is in them. `path` is the folder's. */
export function tilesIn(folder: CostNode, box: Box, path: string, colour?: number): Tile[] {
  const children = (folder.children ?? []).filter((child) => child.tokens > 0);
  const boxes = layout(
    children.map((child) => child.tokens),
    box,
  );
  return children.flatMap((child, at) => {
    const place = boxes[at];
    if (place === undefined || place.width < SMALLEST || place.height < SMALLEST) {
      return [];
    }
    const trail = compact(child);
    const node = trail.at(-1) ?? child;
    const name = trail.map((one) => one.name).join('/');
    const own = colour ?? at % COLOURS;
    const whole = path === '' ? name : `${path}/${name}`;
    const tile = { node, name, path: whole, box: place, colour: own, around: folder.tokens };
    const inner = {
      x: place.x + GAP,
      y: place.y + HEADING,
      width: place.width - 2 * GAP,
      height: place.height - HEADING - GAP,
    };
    const hasRoom = inner.width >= ROOM.width && inner.height >= ROOM.height;
    return [tile, ...(hasRoom ? tilesIn(node, inner, whole, own) : [])];
  });
}
