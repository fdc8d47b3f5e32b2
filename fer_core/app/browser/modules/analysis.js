// The whole way from a picture to an answer: fer_core/vision/analysis.py.

import { getCentre } from "./boxes.js";
import { cropFace, findTurn } from "./crop.js";
import { findDoubts, findNotes } from "./doubts.js";

/** Read faces that were found in a picture; numbered from 1, as people read. `views`: the classifier's. */
export async function analyseFaces(picture, faces, tools, views) {
  const { classifier, framing, doubts, threshold, labels } = tools;
  const cut = sortAsRead(faces, framing.sameRow)
    .map((face) => ({ face, crop: cropFace(picture, face, framing) }))
    .filter(({ crop }) => crop);
  const answers = await classifier.read(cut.map(({ crop }) => crop), views);
  return cut.map(({ face, crop }, i) => {
    const { probability, scores } = answers[i];
    const found = findDoubts(face, crop, scores, doubts);
    const confidence = Math.max(...probability);
    return {
      face,
      number: i + 1,
      crop,
      probability,
      label: labels[probability.indexOf(confidence)],
      confidence,
      sure: confidence >= threshold && !found.length,
      warnings: [...found, ...findNotes(face, doubts)],
      turned: findTurn(face, framing),
      doubtful: found.length > 0,
    };
  });
}

/** Sort faces by rows from above, each row from left to right.
 *
 * A face belongs to the row above it while its centre lies no lower than half the row's typical height below the centre of
 * the row's first face.
 */
export function sortAsRead(faces, sameRow) {
  const [x, y] = [(face) => getCentre(face.box)[0], (face) => getCentre(face.box)[1]];
  const rows = [];
  for (const face of [...faces].sort((a, b) => y(a) - y(b))) {
    const row = rows.at(-1);
    const height = row && computeMedian(row.map(({ box }) => box[3] - box[1]));
    if (row && y(face) - y(row[0]) <= sameRow * height) row.push(face);
    else rows.push([face]);
  }
  return rows.flatMap((row) => row.sort((a, b) => x(a) - x(b)));
}

function computeMedian(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}
