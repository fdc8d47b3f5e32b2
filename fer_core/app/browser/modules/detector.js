// Two networks that must agree, where they look, at which sizes, and which way up: fer_core/vision/paired.py, with its numbers.

import { computeUnit, measureOverlap, square, suppressNested } from "./boxes.js";
import { Copies } from "./patches.js";
import { BOX, resize, rotate, round, turnQuarters } from "./pixels.js";

const MOVES = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]];

export class Detector {
  constructor(cascade, yunet, settings) {
    Object.assign(this, { cascade, yunet, settings });
  }

  /** Find the faces in a picture; the best score first. `thorough`: all sizes and turns, else a quick look. */
  async detect(picture, thorough = true) {
    const { longSide, turns, sureScore, large, largeMinFace, minFace } = this.settings;
    if (!thorough) return this.#lookReduced(picture, longSide);
    const found = await this.#lookJointly(picture, picture.width * picture.height > large ? largeMinFace : minFace);
    for (const degrees of turns) found.push(...(await this.#lookAfterTurn(picture, degrees, longSide / 2)));
    const faces = this.#merge(found);
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

  /** Let both networks propose upright faces, and judge what the first is not certain of; the best score first. */
  async #lookJointly(picture, minFace) {
    const { patient, certain, same, likely, likelyLeast, uprightLeast } = this.settings;
    const copies = new Copies(picture);
    const faces = await this.cascade.find(copies, minFace, patient);
    const others = await this.yunet.propose(copies, minFace);
    const kept = faces.filter(({ score }) => score >= certain);
    const fresh = others.filter(({ box }) => !kept.some((face) => measureOverlap(face.box, box) > same));
    const scores = await this.cascade.score(copies, fresh.map(({ box }) => box));
    const added = fresh.map((face, i) => ({ ...face, score: scores[i] })).filter(({ score }) => score > patient[2]);
    const doubted = [...faces.filter(({ score }) => score < certain), ...added];
    const rated = doubted.filter((face) => this.#isLarge(face, minFace)).map((face) => {
      const near = others.filter(({ box }) => measureOverlap(face.box, box) > same);
      const seen = Math.max(0, ...near.map(({ score }) => score));
      if (face.score <= likely) return { face, seen, least: uprightLeast };
      return { face, seen: seen || undefined, least: likelyLeast };
    });
    return this.#merge([...kept, ...(await this.#judge(copies, rated))]);
  }

  /** Those faces whose joint score is over their `least`. `rated`: {face, seen, least}: with the third network's score, and
   * the other detector's in the whole picture; where it has none, the closer look stands for both. */
  async #judge(copies, rated) {
    const { onet, mostJudged } = this.settings;
    const join = (closer, { face, seen = closer }) => (closer + seen + onet * face.score) / (2 + onet);
    const open = rated.filter((one) => join(1, one) > one.least); // the rest cannot reach it
    open.sort((a, b) => join(1, b) - join(1, a)).splice(mostJudged);
    const closer = await this.yunet.confirm(copies, open.map(({ face }) => face.box));
    const judged = open.map((one, i) => ({ ...one.face, score: join(closer[i], one) }));
    return judged.filter(({ score }, i) => score > open[i].least);
  }

  #isLarge({ box }, minFace) {
    return computeUnit(box) > this.settings.nearly * minFace;
  }

  #merge(faces) {
    return suppressNested(faces, this.settings.nested);
  }

  async #lookReduced(picture, longSide) {
    const reduced = reduceTo(picture, longSide);
    const faces = await this.cascade.find(new Copies(reduced), this.settings.minFace);
    return faces.map((face) => zoomFace(face, reduced, picture));
  }

  async #lookTurned(picture, faces) {
    const { turns, diagonals, longSide, sureScore } = this.settings;
    for (const [angles, side] of [[turns, 1.5 * longSide], [diagonals, longSide]]) {
      for (const degrees of angles) faces = this.#merge([...faces, ...(await this.#lookAfterTurn(picture, degrees, side))]);
      if (faces.length && faces[0].score >= sureScore) break;
    }
    return faces;
  }

  async #lookAfterTurn(picture, degrees, longSide) {
    const { minFace, patient, turnedLeast } = this.settings;
    const reduced = reduceTo(picture, longSide);
    const turned = degrees % 90 ? rotate(reduced, degrees, { expand: true }) : turnQuarters(reduced, degrees);
    const copies = new Copies(turned);
    const found = (await this.cascade.find(copies, minFace, patient)).filter((face) => this.#isLarge(face, minFace));
    const faces = this.#merge(await this.#judge(copies, found.map((face) => ({ face, least: turnedLeast }))));
    return faces.map((face) => zoomFace(turnBack(face, degrees, turned, reduced), reduced, picture));
  }
}

function reduceTo(picture, longSide) {
  const scale = Math.min(1, longSide / Math.max(...picture.size));
  if (scale === 1) return picture;
  return resize(picture, picture.size.map((side) => Math.max(1, round(side * scale))), BOX);
}

function mapFace(face, change) {
  const [x0, y0] = change([face.box[0], face.box[1]]);
  const [x1, y1] = change([face.box[2], face.box[3]]);
  return { ...face, box: [x0, y0, x1, y1], landmarks: face.landmarks.map(change) };
}

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
