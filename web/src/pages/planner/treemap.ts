/** Rectangles whose areas are as the values, as near to squares as a simple way gets them (squarified treemap). */

export type Box = { x: number; y: number; width: number; height: number };

/** `values` from large to small, all above zero; answers a box for each, within `width` × `height`. */
export function treemap(values: number[], width: number, height: number): Box[] {
  const sum = values.reduce((total, value) => total + value, 0);
  const boxes: Box[] = [];
  let free: Box = { x: 0, y: 0, width, height };
  const scale = sum > 0 ? (width * height) / sum : 0;
  let at = 0;
  while (at < values.length) {
    const side = Math.min(free.width, free.height);
    const row: number[] = [];
    let area = 0;
    // A row grows as long as its boxes get no longer than they are.
    while (at + row.length < values.length) {
      const next = (values[at + row.length] ?? 0) * scale;
      if (row.length > 0 && worst([...row, next], area + next, side) > worst(row, area, side)) break;
      row.push(next);
      area += next;
    }
    const depth = side > 0 ? area / side : 0;
    const isWide = free.width >= free.height;
    let offset = 0;
    for (const one of row) {
      const length = depth > 0 ? one / depth : 0;
      boxes.push(
        isWide
          ? { x: free.x, y: free.y + offset, width: depth, height: length }
          : { x: free.x + offset, y: free.y, width: length, height: depth },
      );
      offset += length;
    }
    free = isWide
      ? { x: free.x + depth, y: free.y, width: free.width - depth, height: free.height }
      : { x: free.x, y: free.y + depth, width: free.width, height: free.height - depth };
    at += row.length;
  }
  return boxes;
}

/** How long the longest box of a row is, compared to its width. */
function worst(row: number[], area: number, side: number): number {
  const largest = Math.max(...row);
  const smallest = Math.min(...row);
  return Math.max((side ** 2 * largest) / area ** 2, area ** 2 / (side ** 2 * smallest));
}
