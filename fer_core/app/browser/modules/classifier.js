// Seven probabilities for each face: fer_core/vision/predictor.py.

import { SIDE } from "./crop.js";

const EPSILON = 1e-7; // the floor under a probability before its logarithm
const BATCH = 16; // faces per call: bounds the memory that a crowd takes

/** What the network is shown of each face: the face and its mirror image, averaged, or one of them. */
export const [BOTH, PLAIN, MIRRORED] = [[false, true], [false], [true]];

/** `network`: takes grey levels 0..255, (n, 48, 48, 1), under whatever name; `temperature`: of the calibration. */
export class Classifier {
  constructor(network, temperature) {
    this.network = network;
    this.temperature = temperature;
    this.output = network.outputs.includes("probability") ? "probability" : network.outputs[0];
  }

  /** Return calibrated probabilities of 48x48 grey Pictures. */
  async predict(crops, views = BOTH) {
    const answers = [];
    for (let i = 0; i < crops.length; i += BATCH) answers.push(...(await this.#predictFew(crops.slice(i, i + BATCH), views)));
    return answers;
  }

  async #predictFew(crops, views) {
    const size = SIDE * SIDE;
    const input = new Float32Array(crops.length * views.length * size);
    crops.forEach(({ data }, i) =>
      views.forEach((mirrored, j) => show(data, mirrored, input.subarray((i * views.length + j) * size))),
    );
    const answer = (await this.network.run(input, [crops.length * views.length, SIDE, SIDE, 1]))[this.output];
    const classes = answer.dims.at(-1);
    return crops.map((_, i) => {
      const read = (j, k) => answer.data[(i * views.length + j) * classes + k];
      const mean = Array.from({ length: classes }, (_, k) => views.reduce((sum, _, j) => sum + read(j, k), 0) / views.length);
      if (!mean.every((value) => value >= 0)) throw new Error("The network answers with something that is no probability.");
      return calibrate(mean, this.temperature);
    });
  }
}

function show(grey, mirrored, input) {
  if (!mirrored) input.set(grey);
  else for (let p = 0; p < grey.length; p++) input[p] = grey[p - (p % SIDE) + SIDE - 1 - (p % SIDE)];
}

/** Temperature scaling of probabilities (Guo et al., 2017). */
export function calibrate(probability, temperature) {
  const scaled = probability.map((value) => Math.log(Math.max(value, EPSILON)) / temperature);
  const largest = Math.max(...scaled);
  const powers = scaled.map((value) => Math.exp(value - largest));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}
