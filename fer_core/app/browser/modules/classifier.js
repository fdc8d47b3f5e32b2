// Seven probabilities for each face: fer_core/vision/predictor.py.

import { SIDE } from "./crop.js";

const EPSILON = 1e-7; // the floor under a probability before its logarithm
const BATCH = 16; // faces per call: bounds the memory that a crowd takes

/** `network`: takes grey levels 0..255, (n, 48, 48, 1), under whatever name; `temperature`: of the calibration. */
export class Classifier {
  constructor(network, temperature) {
    this.network = network;
    this.temperature = temperature;
    this.output = network.outputs.includes("probability") ? "probability" : network.outputs[0];
  }

  /** Return calibrated probabilities of 48x48 grey Pictures, each averaged over the face and its mirror image. */
  async predict(crops) {
    const answers = [];
    for (let i = 0; i < crops.length; i += BATCH) answers.push(...(await this.#predictFew(crops.slice(i, i + BATCH))));
    return answers;
  }

  async #predictFew(crops) {
    const size = SIDE * SIDE;
    const input = new Float32Array(2 * crops.length * size);
    crops.forEach(({ data }, i) => {
      input.set(data, 2 * i * size);
      for (let p = 0; p < size; p++) input[(2 * i + 1) * size + p] = data[p - (p % SIDE) + SIDE - 1 - (p % SIDE)];
    });
    const answer = (await this.network.run(input, [2 * crops.length, SIDE, SIDE, 1]))[this.output];
    const classes = answer.dims.at(-1);
    return crops.map((_, i) => {
      const [plain, mirrored] = [2 * i * classes, (2 * i + 1) * classes];
      const mean = Array.from({ length: classes }, (_, k) => (answer.data[plain + k] + answer.data[mirrored + k]) / 2);
      if (!mean.every((value) => value >= 0)) throw new Error("The network answers with something that is no probability.");
      return calibrate(mean, this.temperature);
    });
  }
}

/** Temperature scaling of probabilities (Guo et al., 2017). */
export function calibrate(probability, temperature) {
  const scaled = probability.map((value) => Math.log(Math.max(value, EPSILON)) / temperature);
  const largest = Math.max(...scaled);
  const powers = scaled.map((value) => Math.exp(value - largest));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}
