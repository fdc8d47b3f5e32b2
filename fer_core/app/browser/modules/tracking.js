// Faces followed from frame to frame: fer_core/vision/tracking.py and stream.py, with their numbers.

import { matchBoxes } from "./boxes.js";
import { analyseFaces } from "./analysis.js";
import { BOTH, MIRRORED, PLAIN } from "./classifier.js";

const FEW = 2; // faces; of more, each frame shows the network either the faces or their mirror images, in turns

/** Reads one live video. `tools`: detector, classifier and what analyseFaces needs; `settings`: times in seconds. */
export class LiveReader {
  constructor(tools, settings) {
    this.tools = tools;
    this.settings = settings;
    this.tracker = new FaceTracker(settings, tools);
    this.detected = -Infinity;
    this.frames = 0;
  }

  /** Answer one frame taken at `seconds`: the tracks of the faces in it. */
  async read(picture, seconds) {
    const faces = await this.#find(picture, seconds);
    const views = faces.length <= FEW ? BOTH : ++this.frames % 2 ? PLAIN : MIRRORED;
    return this.tracker.update(await analyseFaces(picture, faces, this.tools, views), seconds);
  }

  /** Forget all faces: what comes next shows another scene. */
  cut() {
    this.tracker.cut();
    this.detected = -Infinity;
  }

  async #find(picture, seconds) {
    const { detector } = this.tools;
    const boxes = this.tracker.states.map(({ latest }) => latest.face.box);
    const faces = await detector.follow(picture, boxes);
    const allKnown = faces.length && faces.length === boxes.length;
    const pause = allKnown ? this.settings.detectEvery : this.settings.detectAtMost;
    if (Math.abs(seconds - this.detected) < pause) return faces;
    const found = await detector.detect(picture, false);
    this.detected = seconds;
    const pairs = matchBoxes(faces.map(({ box }) => box), found.map(({ box }) => box), this.settings);
    const known = new Set(pairs.map(([, j]) => j));
    return [...faces, ...found.filter((_, j) => !known.has(j))];
  }
}

/** Gives each face a number and smooths its answers over time. */
export class FaceTracker {
  constructor(settings, { threshold, labels }) {
    Object.assign(this, { settings, threshold, labels, states: [], lastNumber: 0, now: -Infinity });
  }

  update(results, seconds) {
    const { patience, maxPause, maxFaces } = this.settings;
    const pause = Math.max(seconds - this.now, 0);
    this.now = Math.max(this.now, seconds);
    if (pause > maxPause) this.cut();
    for (const state of this.states) state.missing += Math.min(pause, patience / 2);
    this.states = this.states.filter((state) => state.missing <= patience);
    const boxes = this.states.map(({ latest }) => latest.face.box);
    const pairs = matchBoxes(boxes, results.map(({ face }) => face.box), this.settings);
    for (const [i, j] of pairs) this.#mix(this.states[i], results[j]);
    const matched = new Set(pairs.map(([, j]) => j));
    results.forEach((latest, j) => {
      if (matched.has(j) || this.states.length >= maxFaces) return;
      const { probability, doubtful } = latest;
      const number = ++this.lastNumber;
      this.states.push({ number, latest, probability, doubt: Number(doubtful), count: 1, missing: 0, lastSeen: this.now });
    });
    return this.states.filter((state) => state.lastSeen === this.now).map((state) => this.#describe(state));
  }

  cut() {
    this.states = [];
  }

  /** The first few answers are averaged evenly, so that no single frame decides how it begins. */
  #mix(state, latest) {
    state.count += 1;
    const since = this.now - state.lastSeen;
    const share = Math.max(1 - Math.exp(-since / this.settings.timeConstant), 1 / state.count);
    state.probability = state.probability.map((value, k) => value + share * (latest.probability[k] - value));
    state.doubt += share * (Number(latest.doubtful) - state.doubt);
    Object.assign(state, { latest, missing: 0, lastSeen: this.now });
  }

  #describe({ number, latest, probability, doubt }) {
    const confidence = Math.max(...probability);
    const label = this.labels[probability.indexOf(confidence)];
    const sure = confidence >= this.threshold && doubt < 0.5;
    return { number, box: latest.face.box, probability, label, confidence, sure, warnings: latest.warnings };
  }
}
