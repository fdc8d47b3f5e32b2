// MTCNN: many cheap proposals, then two stricter looks at what is left. The same steps as fer_core/vision/cascade.py,
// where each number is explained; the numbers themselves come from there with the settings.

import { getCentre, makeSquare, square, suppress, suppressNested } from "./boxes.js";
import { equalise, stretchGrey } from "./contrast.js";
import { BILINEAR, crop, reduce, resize, round } from "./pixels.js";

/** The three networks. `settings`: windows, pyramid, limits and thresholds. */
export class Cascade {
  constructor(networks, settings) {
    Object.assign(this, networks, { settings });
  }

  /** Find the upright faces from `minFace` pixels on in an RGB picture; the best score first. `patient`: how a look
   * that takes its time decides; what it is not certain of is seen again. */
  async find(picture, minFace, patient) {
    const copies = new Copies(picture);
    const [least] = (patient ?? this.settings).thresholds;
    return this.#look(copies, await this.#propose(copies, minFace, least), patient);
  }

  /** Show the second and third network square boxes: the faces among them, corrected, best score first. */
  lookCloser(picture, boxes) {
    return this.#look(new Copies(picture), boxes);
  }

  async #look(copies, boxes, patient) {
    const [, afterRnet, afterOnet] = (patient ?? this.settings).thresholds;
    const refined = suppress(await this.#refine(copies, boxes, afterRnet), 0.7);
    const faces = suppressNested(await this.#decide(copies, refined.map(({ box }) => square(box)), afterOnet));
    return patient ? this.#chooseAgain(copies, faces, patient) : faces;
  }

  /** Those that the second look leaves, best score first; the doubted ones get its score. */
  async #chooseAgain(copies, faces, { certain, confirm }) {
    const { revive, mostAgain, thresholds: [, , sure] } = this.settings;
    const distance = ({ score }) => Math.abs(score - sure);
    const asked = faces.filter(({ score }) => score < certain).sort((a, b) => distance(a) - distance(b)).slice(0, mostAgain);
    const scores = asked.length ? await this.#lookAgain(copies, asked.map(({ box }) => square(box))) : [];
    const again = new Map(asked.map((face, i) => [face, scores[i]]));
    const kept = faces.filter((face) => face.score > sure && (again.get(face) ?? 1) > confirm);
    const revived = asked.filter((face) => face.score <= sure && again.get(face) > revive);
    return [...kept, ...revived.map((face) => ({ ...face, score: again.get(face) }))].sort((a, b) => b.score - a.score);
  }

  async #propose(copies, minFace, least) {
    const { window, factor, most, mostPerMega } = this.settings;
    const { width, height } = copies.picture;
    const found = [];
    for (let scale = window / minFace; Math.min(width, height) * scale >= window; scale *= factor) {
      const size = [round(width * scale), round(height * scale)];
      const level = resize(copies.choose(1.5 * scale), size, BILINEAR);
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

  /** Mean score of the third network for each box, in several sizes and places, with its colours or its greys evened out. */
  async #lookAgain(copies, boxes) {
    const { againScales, againShifts, cutoff } = this.settings;
    const around = boxes.flatMap((box) => {
      const [[x, y], side] = [getCentre(box), box[2] - box[0]];
      return againShifts.flatMap(([dx, dy]) =>
        againScales.map((scale) => makeSquare([x + dx * side, y + dy * side], (side * scale) / 2)),
      );
    });
    const evenOut = (patch) => [equalise(patch), stretchGrey(patch, cutoff)];
    const { score } = await this.#show(this.onet, copies, around, 48, true, evenOut);
    const [n, each] = [boxes.length, 2 * againShifts.length * againScales.length];
    return boxes.map((_, i) => {
      let sum = 0;
      for (let k = i * each; k < (i + 1) * each; k++) sum += score[2 * k + 1] + score[2 * (k + n * each) + 1];
      return sum / (2 * each);
    });
  }

  /** All results of a network for the contents of `boxes`, each as what `change` makes of it, and after them, if asked, for
   * their mirror images. */
  async #show(network, copies, boxes, size, mirrored = false, change = (patch) => [patch]) {
    const patches = boxes.flatMap((box) => change(this.#cut(copies, box, size)));
    if (mirrored) patches.push(...patches.map((patch) => mirror(patch, size)));
    const names = network.outputs;
    const results = Object.fromEntries(names.map((name) => [name, []]));
    const { batch } = this.settings;
    for (let i = 0; i < patches.length; i += batch[size]) {
      const part = patches.slice(i, i + batch[size]);
      const input = new Uint8Array(part.length * size * size * 3);
      part.forEach((patch, j) => input.set(patch, j * size * size * 3));
      const answer = await network.run(input, [part.length, size, size, 3]);
      for (const name of names) results[name].push(answer[name].data);
    }
    return Object.fromEntries(names.map((name) => [name, join(results[name])]));
  }

  #cut(copies, box, size) {
    const half = (box[2] - box[0]) * (this.settings.room[size] / 2);
    const frame = makeSquare(getCentre(box), half);
    const copy = copies.choose((2 * size) / Math.max(frame[2] - frame[0], 1));
    const zoom = [copy.width / copies.picture.width, copy.height / copies.picture.height];
    const scaled = frame.map((edge, i) => edge * zoom[i % 2]);
    const [left, top] = [Math.floor(scaled[0]), Math.floor(scaled[1])];
    const part = crop(copy, left, top, Math.ceil(scaled[2]), Math.ceil(scaled[3]));
    const inner = scaled.map((edge, i) => Math.min(Math.max(edge - [left, top][i % 2], 0), part.size[i % 2]));
    return resize(part, [size, size], BILINEAR, inner).data;
  }
}

/** The picture and, made when first wanted, its halves, quarters and eighths: to reduce those is faster. */
class Copies {
  constructor(picture) {
    this.picture = picture;
    this.all = [picture];
  }

  /** The smallest copy that is at least `scale` of the picture. */
  choose(scale) {
    const place = Math.trunc(Math.min(Math.max(-Math.log2(scale), 0), 3));
    while (this.all.length <= place) this.all.push(reduce(this.all.at(-1), 2));
    return this.all[place];
  }
}

/** Correct the four sides by `offset`, in units of the box's size. */
function move(box, offset) {
  const size = [box[2] - box[0], box[3] - box[1]];
  return box.map((edge, i) => edge + offset[i] * size[i % 2]);
}

function mirror(patch, size) {
  const result = new Uint8Array(patch.length);
  for (let i = 0; i < patch.length; i += 3) {
    const pixel = i / 3;
    const to = 3 * (pixel - (pixel % size) + size - 1 - (pixel % size));
    for (let c = 0; c < 3; c++) result[to + c] = patch[i + c];
  }
  return result;
}

function join(parts) {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((start, part) => (result.set(part, start), start + part.length), 0);
  return result;
}
