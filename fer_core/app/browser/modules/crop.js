// From a face's box to the 48x48 grey picture that the networks were trained on: fer_core/vision/crop.py.

import { computeUnit, getCentre, makeSquare } from "./boxes.js";
import { BICUBIC, BOX, crop, pick, reduce, resize, rotate, toGrey } from "./pixels.js";

export const SIDE = 48;

/** Degrees by which the line between the eyes leans, positive clockwise. */
export function computeTilt([[x0, y0], [x1, y1]]) {
  return (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI;
}

/** Degrees by which a face is turned upright: none for heads that lean less than `uprightFrom`. */
export function findTurn(face, { uprightFrom }) {
  const tilt = computeTilt(face.landmarks);
  return Math.abs(tilt) >= uprightFrom ? tilt : 0;
}

/** Cut a face out as FER2013 would show it; null when it lies outside the picture or is smaller than a pixel. */
export function cropFace(picture, face, framing) {
  const tilt = findTurn(face, framing);
  const turn = (tilt * Math.PI) / 180;
  const unit = computeUnit(face.box);
  const [x, y] = getCentre(face.box);
  const centre = [
    x + (framing.shiftX * Math.cos(turn) - framing.shiftY * Math.sin(turn)) * unit,
    y + (framing.shiftX * Math.sin(turn) + framing.shiftY * Math.cos(turn)) * unit,
  ];
  const half = (framing.scale * unit) / 2;
  if (!isUsable(picture, makeSquare(centre, half))) return null;
  if (!tilt) return resample(picture, makeSquare(centre, half), SIDE);
  // The corners of a turned square reach 1.41 times as far.
  const upright = rotate(resample(picture, makeSquare(centre, 1.5 * half), 3 * SIDE), tilt, { smooth: true });
  const [start, end] = [SIDE / 2, SIDE / 2 + 2 * SIDE];
  return reduce(crop(upright, start, start, end, end), 2);
}

function isUsable({ width, height }, [x0, y0, x1, y1]) {
  const side = x1 - x0;
  return side >= 1 && side <= 4 * Math.max(width, height) && x1 > 0 && y1 > 0 && x0 < width && y0 < height;
}

/** Show `frame` in grey; border pixels are repeated beyond the picture. */
function resample(picture, [x0, y0, x1, y1], size) {
  const reach = (from, to) => {
    const start = Math.floor(from);
    return Array.from({ length: Math.ceil(to) - start }, (_, i) => start + i);
  };
  const [columns, rows] = [reach(x0, x1), reach(y0, y1)];
  const grey = toGrey(pick(picture, columns, rows));
  const inner = [x0 - columns[0], y0 - rows[0], x1 - columns[0], y1 - rows[0]];
  const clipped = inner.map((edge, i) => Math.min(Math.max(edge, 0), grey.size[i % 2]));
  return resize(grey, [size, size], clipped[2] - clipped[0] >= size ? BOX : BICUBIC, clipped);
}
