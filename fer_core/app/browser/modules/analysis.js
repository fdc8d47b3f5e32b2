// The whole way from a picture to an answer: fer_core/vision/analysis.py.

import { cropFace, findTurn } from "./crop.js";
import { findDoubts, findNotes } from "./doubts.js";

/** Read faces that were found in a picture; from left to right, numbered from 1. */
export async function analyseFaces(picture, faces, { classifier, framing, doubts, threshold, labels }) {
  const cut = [...faces]
    .sort((a, b) => a.box[0] + a.box[2] - b.box[0] - b.box[2])
    .map((face) => ({ face, crop: cropFace(picture, face, framing) }))
    .filter(({ crop }) => crop);
  const probabilities = await classifier.predict(cut.map(({ crop }) => crop));
  return cut.map(({ face, crop }, i) => {
    const probability = probabilities[i];
    const found = findDoubts(face, crop, doubts);
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
