// What a network is shown of a picture, from the smallest copy that will do: fer_core/vision/patches.py.

import { getCentre, makeSquare } from "./boxes.js";
import { BILINEAR, crop, reduce, resize } from "./pixels.js";

/** The picture and, made when first wanted, its halves, quarters and eighths: to reduce those is faster. */
export class Copies {
  constructor(picture) {
    this.picture = picture;
    this.all = [picture];
  }

  /** The picture at `size`, which is not larger than it is. */
  resize(size) {
    return resize(this.#choose((1.5 * size[0]) / this.picture.width), size, BILINEAR);
  }

  /** Cut a square box out, `room` times as large, as RGB bytes of `size` x `size` pixels; black beyond the picture. */
  cut(box, size, room = 1) {
    const frame = makeSquare(getCentre(box), (box[2] - box[0]) * (room / 2));
    const copy = this.#choose((2 * size) / Math.max(frame[2] - frame[0], 1));
    const zoom = [copy.width / this.picture.width, copy.height / this.picture.height];
    const scaled = frame.map((edge, i) => edge * zoom[i % 2]);
    const [left, top] = [Math.floor(scaled[0]), Math.floor(scaled[1])];
    const part = crop(copy, left, top, Math.ceil(scaled[2]), Math.ceil(scaled[3]));
    const inner = scaled.map((edge, i) => Math.min(Math.max(edge - [left, top][i % 2], 0), part.size[i % 2]));
    return resize(part, [size, size], BILINEAR, inner).data;
  }

  /** The smallest copy that is at least `scale` of the picture. */
  #choose(scale) {
    const place = Math.trunc(Math.min(Math.max(-Math.log2(scale), 0), 3));
    while (this.all.length <= place) this.all.push(reduce(this.all.at(-1), 2));
    return this.all[place];
  }
}

/** The mirror image of RGB bytes, `size` x `size` pixels. */
export function mirror(patch, size) {
  const result = new Uint8Array(patch.length);
  for (let i = 0; i < patch.length; i += 3) {
    const pixel = i / 3;
    const to = 3 * (pixel - (pixel % size) + size - 1 - (pixel % size));
    for (let c = 0; c < 3; c++) result[to + c] = patch[i + c];
  }
  return result;
}

/** Several patches of `size` x `size` pixels one after the other, as a network takes them. */
export function stack(patches, size) {
  const input = new Uint8Array(patches.length * size * size * 3);
  patches.forEach((patch, i) => input.set(patch, i * size * size * 3));
  return input;
}
