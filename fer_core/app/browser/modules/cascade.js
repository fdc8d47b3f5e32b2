// MTCNN: many cheap proposals, then two stricter looks at what is left. The same steps as fer_core/vision/cascade.py,
// where each number is explained; the numbers themselves come from there with the settings.

import { square, suppress, suppressNested } from "./boxes.js";
import { Copies, mirror, stack } from "./patches.js";
import { crop, round } from "./pixels.js";

/** The three networks. `settings`: windows, pyramid, limits and thresholds. */
export class Cascade {
  constructor(networks, settings) {
    Object.assign(this, networks, { settings });
  }

  /** Find the upright faces from `minFace` pixels on in an RGB picture, given by its copies; the best score first.
   * `thresholds`: other ones than those of a quick look. */
  async find(copies, minFace, thresholds = this.settings.thresholds) {
    return this.#look(copies, await this.#propose(copies, minFace, thresholds[0]), thresholds);
  }

  /** Show the second and third network square boxes: the faces among them, corrected, best score first. */
  lookCloser(picture, boxes) {
    return this.#look(new Copies(picture), boxes, this.settings.thresholds);
  }

  /** The third network's score of each box as it is. */
  async score(copies, boxes) {
    const faces = await this.#decide(copies, boxes.map(square), -1);
    return faces.map(({ score }) => score);
  }

  async #look(copies, boxes, [, afterRnet, afterOnet]) {
    const refined = suppress(await this.#refine(copies, boxes, afterRnet), 0.7);
    return suppressNested(await this.#decide(copies, refined.map(({ box }) => square(box)), afterOnet));
  }

  async #propose(copies, minFace, least) {
    const { window, factor, most, mostPerMega } = this.settings;
    const { width, height } = copies.picture;
    const found = [];
    for (let scale = window / minFace; Math.min(width, height) * scale >= window; scale *= factor) {
      const size = [round(width * scale), round(height * scale)];
      const level = copies.resize(size);
      const zoom = [width / size[0], height / size[1]];
      for await (const windows of this.#searchLevel(level, least)) {
        for (const { box, score } of suppress(windows, 0.5)) found.push({ score, box: box.map((v, i) => v * zoom[i % 2]) });
      }
    }
    const limit = most + round((mostPerMega * width * height) / 1e6);
    return suppress(found, 0.7).slice(0, limit).map(({ box }) => square(box));
  }

  /** The windows of one level of the pyramid that may hold a face, tile by tile. */
  async *#searchLevel(level, least) {
    const { window, stride, tile } = this.settings;
    const step = tile - window + stride; // neighbours share what a window needs, so that every window is seen once
    for (let top = 0; top < Math.max(level.height - window + stride, 1); top += step) {
      for (let left = 0; left < Math.max(level.width - window + stride, 1); left += step) {
        const [right, bottom] = [Math.min(left + tile, level.width), Math.min(top + tile, level.height)];
        if (Math.min(right - left, bottom - top) < window) continue;
        const whole = right - left === level.width && bottom - top === level.height;
        yield this.#searchTile(whole ? level : crop(level, left, top, right, bottom), left, top, least);
      }
    }
  }

  async #searchTile(picture, left, top, least) {
    const { window, stride, mostWindows } = this.settings;
    const result = await this.pnet.run(picture.data, [1, picture.height, picture.width, 3]);
    const [, , rows, columns] = result.score.dims;
    const [scores, offsets, plane] = [result.score.data, result.offset.data, rows * columns];
    const windows = [];
    for (let i = 0; i < plane; i++) {
      const score = scores[plane + i];
      if (score > least) windows.push({ score, i });
    }
    if (windows.length > mostWindows) windows.sort((a, b) => b.score - a.score).length = mostWindows;
    return windows.map(({ score, i }) => {
      const corner = [left + (i % columns) * stride, top + Math.floor(i / columns) * stride];
      return { score, box: [0, 1, 2, 3].map((k) => corner[k % 2] + (k > 1 ? window : 0) + offsets[k * plane + i] * window) };
    });
  }

  async #refine(copies, boxes, least) {
    const { score, offset } = await this.#show(this.rnet, copies, boxes, 24);
    return boxes
      .map((box, i) => ({ box: move(box, offset.subarray(4 * i, 4 * i + 4)), score: score[2 * i + 1] }))
      .filter((one) => one.score > least);
  }

  /** Show the boxes and their mirror images to the third network: what scores over `least`, with five landmarks each. */
  async #decide(copies, boxes, least) {
    const { score, offset, landmarks } = await this.#show(this.onet, copies, boxes, 48, true);
    const n = boxes.length;
    const faces = boxes.map((box, i) => {
      const [o, m] = [4 * i, 4 * (n + i)]; // the face's and its mirror image's place among the results
      const sides = [0, 1, 2, 3].map((k) => (offset[o + k] + (k % 2 ? 1 : -1) * offset[m + [2, 1, 0, 3][k]]) / 2);
      const points = [0, 1, 2, 3, 4].map((k) => {
        const other = [1, 0, 2, 4, 3][k];
        const [p, q] = [10 * i, 10 * (n + i)];
        const x = (landmarks[p + k] + 1 - landmarks[q + other]) / 2;
        const y = (landmarks[p + 5 + k] + landmarks[q + 5 + other]) / 2;
        return [box[0] + x * (box[2] - box[0]), box[1] + y * (box[3] - box[1])];
      });
      return { box: move(box, sides), score: (score[2 * i + 1] + score[2 * (n + i) + 1]) / 2, landmarks: points };
    });
    return faces.filter((face) => face.score > least);
  }

  /** All results of a network for the contents of `boxes` and, if asked, after them for their mirror images. */
  async #show(network, copies, boxes, size, mirrored = false) {
    const { batch, room } = this.settings;
    const patches = boxes.map((box) => copies.cut(box, size, room[size]));
    if (mirrored) patches.push(...patches.map((patch) => mirror(patch, size)));
    const results = Object.fromEntries(network.outputs.map((name) => [name, []]));
    for (let i = 0; i < patches.length; i += batch[size]) {
      const part = patches.slice(i, i + batch[size]);
      const answer = await network.run(stack(part, size), [part.length, size, size, 3]);
      for (const name of network.outputs) results[name].push(answer[name].data);
    }
    return Object.fromEntries(network.outputs.map((name) => [name, join(results[name])]));
  }
}

/** Correct the four sides by `offset`, in units of the box's size. */
function move(box, offset) {
  const size = [box[2] - box[0], box[3] - box[1]];
  return box.map((edge, i) => edge + offset[i] * size[i % 2]);
}

function join(parts) {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((start, part) => (result.set(part, start), start + part.length), 0);
  return result;
}
