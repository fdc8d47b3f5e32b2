// YuNet, a detector of another kind than MTCNN: proposals in the whole picture, and closer looks at single ones. The same
// steps as fer_core/vision/yunet.py, where each number is explained; the numbers themselves come from there.

import { computeUnit, getCentre, makeSquare, suppressNested } from "./boxes.js";
import { mirror, stack } from "./patches.js";
import { Picture, crop, round } from "./pixels.js";

export class Yunet {
  constructor(network, settings) {
    Object.assign(this, { network, settings });
  }

  /** Look at the whole picture, at all sizes that faces from `minFace` pixels on need; the best score first. */
  async propose(copies, minFace) {
    const { smallest, most, mostProposals, factor, last, tile, overlap } = this.settings;
    const { picture } = copies;
    const found = [];
    const first = Math.min(1, smallest / minFace, Math.sqrt(most / (picture.width * picture.height)));
    for (let scale = first; ; scale *= factor) {
      const level = copies.resize(picture.size.map((side) => Math.max(1, round(side * scale))));
      for (let top = 0; top < Math.max(level.height - overlap, 1); top += tile - overlap) {
        for (let left = 0; left < Math.max(level.width - overlap, 1); left += tile - overlap) {
          found.push(...(await this.#proposeAt(level, left, top, picture)));
        }
      }
      if (Math.max(...level.size) <= last) break;
    }
    return suppressNested(found.sort((a, b) => b.score - a.score).slice(0, mostProposals));
  }

  /** How sure it is of each box when it looks closer: mean score of six views. */
  async confirm(copies, boxes) {
    const { view, faces } = this.settings;
    const scores = [];
    for (const box of boxes) {
      const side = Math.max(computeUnit(box), 1e-6);
      let sum = 0;
      for (const pixels of faces) {
        const patch = copies.cut(makeSquare(getCentre(box), (side * view) / pixels / 2), view);
        for (const score of await this.#scoreMiddle([patch, mirror(patch, view)], pixels)) sum += score;
      }
      scores.push(sum / (2 * faces.length));
    }
    return scores;
  }

  async #proposeAt(level, left, top, picture) {
    const { least, tile } = this.settings;
    const part = crop(level, left, top, Math.min(left + tile, level.width), Math.min(top + tile, level.height));
    const padded = this.#pad(part);
    const zoom = [picture.width / level.width, picture.height / level.height];
    const [seen] = await this.#look(padded.data, [1, padded.height, padded.width, 3], (score) => score > least);
    const place = (point) => [(point[0] + left) * zoom[0], (point[1] + top) * zoom[1]];
    return seen.map(({ box, score, landmarks }) => ({
      score,
      box: [...place([box[0], box[1]]), ...place([box[2], box[3]])],
      landmarks: landmarks.map(place),
    }));
  }

  /** The best score in the middle of each view for a face of `pixels`; 0 where there is none. */
  async #scoreMiddle(views, pixels) {
    const { view, away, growth } = this.settings;
    const seen = await this.#look(stack(views, view), [views.length, view, view, 3], () => true);
    const isNear = ({ box }) =>
      getCentre(box).every((at) => Math.abs(at - view / 2) < away * pixels) &&
      Math.abs(Math.log(computeUnit(box) / pixels)) < Math.log(growth);
    return seen.map((faces) => faces.reduce((best, face) => (face.score > best && isNear(face) ? face.score : best), 0));
  }

  #pad(picture) {
    const side = this.settings.strides.at(-1);
    const size = picture.size.map((pixels) => Math.ceil(pixels / side) * side);
    if (size[0] === picture.width && size[1] === picture.height) return picture;
    const padded = new Picture(size[0], size[1], 3, new Uint8Array(size[0] * size[1] * 3));
    for (let y = 0; y < picture.height; y++) {
      padded.data.set(picture.data.subarray(3 * y * picture.width, 3 * (y + 1) * picture.width), 3 * y * size[0]);
    }
    return padded;
  }

  /** What it sees in pictures as they are, bytes of shape `dims`: for each of them the faces whose score is `wanted`. */
  async #look(bytes, dims, wanted) {
    const out = await this.network.run(bytes, dims);
    const seen = Array.from({ length: dims[0] }, () => []);
    for (const stride of this.settings.strides) {
      const [scores, boxes, points] = ["score", "bbox", "kps"].map((kind) => out[`${kind}_${stride}`].data);
      const [columns, places] = [dims[2] / stride, scores.length / dims[0]];
      scores.forEach((score, i) => {
        if (!wanted(score)) return;
        const place = i % places;
        const corner = [place % columns, Math.floor(place / columns)];
        const [x, y] = [corner[0] + boxes[4 * i], corner[1] + boxes[4 * i + 1]];
        const [w, h] = [Math.exp(boxes[4 * i + 2]) / 2, Math.exp(boxes[4 * i + 3]) / 2];
        seen[Math.floor(i / places)].push({
          score,
          box: [x - w, y - h, x + w, y + h].map((edge) => edge * stride),
          landmarks: [0, 1, 2, 3, 4].map((k) => [0, 1].map((axis) => (points[10 * i + 2 * k + axis] + corner[axis]) * stride)),
        });
      });
    }
    return seen;
  }
}
