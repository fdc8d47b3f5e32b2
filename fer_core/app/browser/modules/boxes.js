// Boxes are arrays [x0, y0, x1, y1] in pixels.

/** The geometric mean of a box's sides. */
export const computeUnit = ([x0, y0, x1, y1]) => Math.sqrt(Math.max(x1 - x0, 0) * Math.max(y1 - y0, 0));

export const getCentre = ([x0, y0, x1, y1]) => [(x0 + x1) / 2, (y0 + y1) / 2];

/** The square of side 2 `half` around a point. */
export const makeSquare = ([x, y], half) => [x - half, y - half, x + half, y + half];

/** The smallest square around the same centre. */
export const square = (box) => makeSquare(getCentre(box), Math.max(box[2] - box[0], box[3] - box[1]) / 2);

export const computeArea = ([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0);

export function computeShared(a, b) {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union of two boxes. */
export function measureOverlap(a, b) {
  const shared = computeShared(a, b);
  return shared / Math.max(computeArea(a) + computeArea(b) - shared, 1e-6);
}

/** Non-maximum suppression by intersection over union; of things with `box` and `score`: those to keep, best first. */
export function suppress(found, overlap) {
  return keepApart(found, (shared, a, b) => shared > overlap * (a + b - shared));
}

/** Suppression by the share of the smaller box, so that a nose inside a face goes. */
export function suppressNested(found, overlap = 0.7) {
  return keepApart(found, (shared, a, b) => shared > overlap * Math.min(a, b));
}

function keepApart(found, collide) {
  const kept = [];
  for (const one of [...found].sort((a, b) => b.score - a.score)) {
    const area = computeArea(one.box);
    if (!kept.some((other) => collide(computeShared(one.box, other.box), area, computeArea(other.box)))) kept.push(one);
  }
  return kept;
}

/** Pair boxes of two frames, each at most once, the closest first: [[index into old, index into new], ...].
 *
 * A pair's centres lie within `reach` of the mean side, and the sides differ by less than the factor `growth`.
 */
export function matchBoxes(old, fresh, { reach, growth }) {
  const pairs = [];
  old.forEach((a, i) =>
    fresh.forEach((b, j) => {
      const [unit, other] = [Math.max(computeUnit(a), 1e-6), Math.max(computeUnit(b), 1e-6)];
      const [[ax, ay], [bx, by]] = [getCentre(a), getCentre(b)];
      const distance = Math.hypot(ax - bx, ay - by) / Math.sqrt(unit * other);
      const change = Math.abs(Math.log(unit / other));
      if (distance < reach && change < Math.log(growth)) pairs.push({ i, j, cost: distance + change });
    }),
  );
  const [usedOld, usedNew, matched] = [new Set(), new Set(), []];
  for (const { i, j } of pairs.sort((a, b) => a.cost - b.cost)) {
    if (usedOld.has(i) || usedNew.has(j)) continue;
    usedOld.add(i);
    usedNew.add(j);
    matched.push([i, j]);
  }
  return matched;
}
