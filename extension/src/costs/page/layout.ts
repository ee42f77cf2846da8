/** Squarified treemaps (Bruls, Huizing and van Wijk, 2000): rectangles by weight that are as square as possible. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A box for each weight, in their order, which is descending; the boxes fill `box`. */
export function layout(weights: readonly number[], box: Box): Box[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) {
    return weights.map(() => ({ ...box, width: 0, height: 0 }));
  }
  const scale = (box.width * box.height) / total;
  const boxes: Box[] = [];
  let free = { ...box };
  let at = 0;
  while (at < weights.length) {
    const side = Math.min(free.width, free.height);
    let end = at + 1;
    let best = worst(weights.slice(at, end), scale, side);
    while (end < weights.length) {
      const next = worst(weights.slice(at, end + 1), scale, side);
      if (next > best) {
        break;
      }
      best = next;
      end += 1;
    }
    const row = weights.slice(at, end);
    free = placeRow(row, scale, free, boxes);
    at = end;
  }
  return boxes;
}

/** The worst ratio of the sides of the boxes of a row along a side. */
function worst(row: readonly number[], scale: number, side: number): number {
  const sum = row.reduce((total, weight) => total + weight, 0) * scale;
  const largest = (row[0] ?? 0) * scale;
  const smallest = Math.max((row.at(-1) ?? 0) * scale, Number.MIN_VALUE);
  if (sum === 0 || side === 0) {
    return Infinity;
  }
  return Math.max((side * side * largest) / (sum * sum), (sum * sum) / (side * side * smallest));
}

/** Put a row at the shorter side of `free`. Returns what is left of it. */
function placeRow(row: readonly number[], scale: number, free: Box, boxes: Box[]): Box {
  const sum = row.reduce((total, weight) => total + weight, 0) * scale;
  const isTall = free.width >= free.height;
  const side = isTall ? free.height : free.width;
  const depth = side === 0 ? 0 : sum / side;
  let offset = 0;
  for (const weight of row) {
    const length = depth === 0 ? 0 : (weight * scale) / depth;
    boxes.push(
      isTall
        ? { x: free.x, y: free.y + offset, width: depth, height: length }
        : { x: free.x + offset, y: free.y, width: length, height: depth },
    );
    offset += length;
  }
  return isTall
    ? { ...free, x: free.x + depth, width: Math.max(0, free.width - depth) }
    : { ...free, y: free.y + depth, height: Math.max(0, free.height - depth) };
}
