// Where the cascade looks, at which sizes, and which way up: fer_core/vision/mtcnn.py, with its numbers.

import { computeUnit, square, suppressNested } from "./boxes.js";
import { BILINEAR, BOX, pick, reduce, resize, rotate, round, turnQuarters } from "./pixels.js";

const MOVES = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]];

export class Detector {
  constructor(cascade, settings) {
    this.cascade = cascade;
    this.settings = settings;
  }

  /** Find the faces in a picture; the best score first. `thorough`: all sizes, borders and turns, else a quick look. */
  async detect(picture, thorough = true) {
    const { longSide, turns, sureScore, lying } = this.settings;
    if (!thorough) return this.#lookReduced(picture, longSide);
    const found = [...(await this.#lookInFull(picture)), ...(await this.#lookBeyond(picture))];
    for (const degrees of turns) found.push(...(await this.#lookAfterTurn(picture, degrees, longSide / 2, lying)));
    const faces = suppressNested(found);
    return faces.length && faces[0].score >= sureScore ? faces : this.#lookTurned(picture, faces);
  }

  /** Look again only around `boxes`, where faces were a moment ago. */
  async follow(picture, boxes) {
    if (!boxes.length) return [];
    const squares = boxes.map(square);
    const around = MOVES.flatMap((move) =>
      squares.map((box) => box.map((edge, i) => edge + (box[2 + (i % 2)] - box[i % 2]) * this.settings.followStep * move[i % 2])),
    );
    return this.cascade.lookCloser(picture, around);
  }

  #lookInFull(picture) {
    const { large, largeMinFace, minFace, patient } = this.settings;
    return this.cascade.find(picture, picture.width * picture.height > large ? largeMinFace : minFace, patient);
  }

  async #lookReduced(picture, longSide) {
    const reduced = reduceTo(picture, longSide);
    const faces = await this.cascade.find(reduced, this.settings.minFace);
    return faces.map((face) => zoomFace(face, reduced, picture));
  }

  async #lookTurned(picture, faces) {
    const { turns, diagonals, longSide, sureScore } = this.settings;
    for (const [angles, side] of [[turns, 1.5 * longSide], [diagonals, longSide]]) {
      for (const degrees of angles) faces = suppressNested([...faces, ...(await this.#lookAfterTurn(picture, degrees, side))]);
      if (faces.length && faces[0].score >= sureScore) break;
    }
    return faces;
  }

  async #lookAfterTurn(picture, degrees, longSide, look = this.settings.turned) {
    const reduced = reduceTo(picture, longSide);
    const turned = degrees % 90 ? rotate(reduced, degrees, { expand: true }) : turnQuarters(reduced, degrees);
    const faces = await this.cascade.find(turned, this.settings.minFace, look);
    return faces.map((face) => zoomFace(turnBack(face, degrees, turned, reduced), reduced, picture));
  }

  /** Look for large faces that the frame cuts, or that fill the picture: with its borders extended. */
  async #lookBeyond(picture) {
    const { longSide, minFace, cutFace, extended: look } = this.settings;
    const scale = Math.min(longSide / 2 / Math.max(...picture.size), 4);
    const size = picture.size.map((side) => Math.max(1, round(side * scale)));
    const border = Math.floor(Math.max(...size) / 3);
    const resized = resizeWithGap(picture, size, 2);
    const reach = (side) => Array.from({ length: side + 2 * border }, (_, i) => i - border);
    const extended = pick(resized, reach(size[0]), reach(size[1]));
    const faces = await this.cascade.find(extended, Math.max(Math.min(...size) * cutFace, minFace), look);
    return faces
      .map((face) => shiftFace(face, -border))
      .filter((face) => this.#reachesBorder(face, size))
      .map((face) => zoomFace(face, resized, picture));
  }

  #reachesBorder({ box: [x0, y0, x1, y1] }, size) {
    const margin = this.settings.near * (y1 - y0);
    return x0 < margin || y0 < margin || x1 > size[0] - margin || y1 > size[1] - margin;
  }
}

function reduceTo(picture, longSide) {
  const scale = Math.min(1, longSide / Math.max(...picture.size));
  if (scale === 1) return picture;
  return resize(picture, picture.size.map((side) => Math.max(1, round(side * scale))), BOX);
}

/** Reduce by whole numbers first, as long as the picture stays `gap` times as large as wanted. */
function resizeWithGap(picture, size, gap) {
  const factors = picture.size.map((side, i) => Math.trunc(side / size[i] / gap) || 1);
  if (Math.max(...factors) === 1) return resize(picture, size, BILINEAR);
  const frame = [0, 0, picture.width / factors[0], picture.height / factors[1]];
  return resize(reduce(picture, ...factors), size, BILINEAR, frame);
}

function mapFace(face, change) {
  const [x0, y0] = change([face.box[0], face.box[1]]);
  const [x1, y1] = change([face.box[2], face.box[3]]);
  return { ...face, box: [x0, y0, x1, y1], landmarks: face.landmarks.map(change) };
}

const shiftFace = (face, by) => mapFace(face, ([x, y]) => [x + by, y + by]);

const zoomFace = (face, from, to) =>
  mapFace(face, ([x, y]) => [(x * to.width) / from.width, (y * to.height) / from.height]);

/** A face of the turned picture as one of the picture; its box stays upright. */
function turnBack(face, degrees, turned, picture) {
  const radians = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const back = ([x, y]) => {
    const [dx, dy] = [x - turned.width / 2, y - turned.height / 2];
    return [dx * cos - dy * sin + picture.width / 2, dx * sin + dy * cos + picture.height / 2];
  };
  const [x0, y0, x1, y1] = face.box;
  let [width, height] = degrees % 180 ? [y1 - y0, x1 - x0] : [x1 - x0, y1 - y0];
  if (degrees % 90) width = height = computeUnit(face.box);
  const [x, y] = back([(x0 + x1) / 2, (y0 + y1) / 2]);
  const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  return { ...face, box, landmarks: face.landmarks.map(back) };
}
