// What about a face makes its answer doubtful: fer_core/vision/doubts.py, with its thresholds and sentences.

import { SIDE, computeTilt } from "./crop.js";

/** One sentence about what must keep the answer from counting as sure, or none.
 *
 * `crop`: a 48x48 grey Picture; `scores`: what the network sees by itself, each of `limits.seen` where positive.
 */
export function findDoubts(face, crop, scores, limits) {
  const grey = crop.data;
  const side = Math.min(face.box[2] - face.box[0], face.box[3] - face.box[1]);
  const { sentences } = limits;
  if (side < limits.small) return [sentences.small.replace("{side}", side.toFixed(0))];
  if (computePercentile(grey, 0.9) < limits.dark) return [sentences.dark];
  if (computeWhite(grey, limits) > limits.burnt) return [sentences.burnt];
  if (computeSharpness(grey) < limits.blurred) return [sentences.blurred];
  const sees = (name) => scores[limits.seen.indexOf(name)] > 0;
  if (sees("covered")) return [sentences.covered];
  if (sees("drawn") || computeFlatness(grey) > limits.flat) return [sentences.drawn];
  return [];
}

/** What makes the answer less certain without spoiling it. */
export function findNotes(face, limits) {
  return computePose(face.landmarks)[0] > limits.turned ? [limits.sentences.turned] : [];
}

function computePercentile(values, share) {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}

function computeWhite(grey, { middle: [[top, bottom], [left, right]] }) {
  let white = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) white += grey[y * SIDE + x] >= 250;
  return white / ((bottom - top) * (right - left));
}

function computeFlatness(grey) {
  let same = 0;
  for (let y = 0; y < SIDE - 1; y++) {
    for (let x = 0; x < SIDE - 1; x++) {
      const here = grey[y * SIDE + x];
      same += here === grey[y * SIDE + x + 1] && here === grey[(y + 1) * SIDE + x];
    }
  }
  return same / (SIDE - 1) ** 2;
}

function computeSharpness(grey) {
  const across = [];
  const down = [];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE - 2; x++) {
      const [i, j] = [y * SIDE + x, x * SIDE + y];
      across.push(grey[i] - 2 * grey[i + 1] + grey[i + 2]);
      down.push(grey[j] - 2 * grey[j + SIDE] + grey[j + 2 * SIDE]);
    }
  }
  return Math.min(computeSpread(across), computeSpread(down)) / (computeSpread(grey) + 1);
}

/** Standard deviation. */
function computeSpread(values) {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return Math.sqrt(Math.max(squares / values.length - mean * mean, 0));
}

/** Turn (0 from the front, about .5 and more towards profile) and tilt (degrees). */
function computePose(landmarks) {
  const [[lx, ly], [rx, ry], [nx, ny]] = landmarks;
  const [ax, ay] = [rx - lx, ry - ly];
  const length = Math.hypot(ax, ay) + 1e-6;
  const along = ((nx - (lx + rx) / 2) * ax + (ny - (ly + ry) / 2) * ay) / length ** 2;
  return [Math.abs(along), computeTilt(landmarks)];
}
