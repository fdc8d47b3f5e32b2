// Seven probabilities for each face, and what the network sees beside the expression: fer_core/vision/predictor.py.

import { SIDE } from "./crop.js";

const EPSILON = 1e-7; // the floor under a probability before its logarithm
const DOUBT = "doubt";
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

  /** Return {probability, scores} of 48x48 grey Pictures: calibrated; positive for what the network sees, if it does. */
  async read(crops, views = BOTH) {
    const answers = [];
    for (let i = 0; i < crops.length; i += BATCH) answers.push(...(await this.#readFew(crops.slice(i, i + BATCH), views)));
    return answers;
  }

  async #readFew(crops, views) {
    const size = SIDE * SIDE;
    const input = new Float32Array(crops.length * views.length * size);
    crops.forEach(({ data }, i) =>
      views.forEach((mirrored, j) => show(data, mirrored, input.subarray((i * views.length + j) * size))),
    );
    const outputs = await this.network.run(input, [crops.length * views.length, SIDE, SIDE, 1]);
    const means = average(outputs[this.output], views.length);
    const scores = outputs[DOUBT] ? average(outputs[DOUBT], views.length) : means.map(() => []);
    if (!means.flat().every((value) => value >= 0)) throw new Error("The network answers with something that is no probability.");
    return means.map((mean, i) => ({ probability: calibrate(mean, this.temperature), scores: scores[i] }));
  }
}

/** The mean of each `count` rows that follow each other. */
function average({ data, dims }, count) {
  const width = dims.at(-1);
  return Array.from({ length: data.length / width / count }, (_, i) =>
    Array.from({ length: width }, (_, k) => {
      let sum = 0;
      for (let j = 0; j < count; j++) sum += data[(i * count + j) * width + k];
      return sum / count;
    }),
  );
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
