// Runtime, networks and settings put together: what answers photos and video.

import { analyseFaces } from "./analysis.js";
import { Cascade } from "./cascade.js";
import { Classifier } from "./classifier.js";
import { Detector } from "./detector.js";
import { openNetwork, openRuntime } from "./runtime.js";
import { LiveReader } from "./tracking.js";
import { Yunet } from "./yunet.js";

/** Load everything that `settings` name (fer_core/app/browser/settings.py writes them) and warm it up. */
export async function openEngine(settings) {
  const ort = await openRuntime(settings.runtime);
  const names = ["pnet", "rnet", "onet", "yunet", "classifier"];
  const opened = await Promise.all(names.map((name) => openNetwork(ort, settings.networks[name])));
  const networks = Object.fromEntries(names.map((name, i) => [name, opened[i]]));
  return new Engine(networks, settings);
}

class Engine {
  constructor(networks, settings) {
    const { framing, doubts, threshold, labels, temperature } = settings;
    const cascade = new Cascade(networks, settings.cascade);
    const detector = new Detector(cascade, new Yunet(networks.yunet, settings.yunet), settings.detector);
    const classifier = new Classifier(networks.classifier, temperature);
    this.tools = { detector, classifier, framing, doubts, threshold, labels };
    this.networks = networks;
    this.settings = settings;
  }

  /** Every face of a picture, in reading order. */
  async answerPhoto(picture) {
    return analyseFaces(picture, await this.tools.detector.detect(picture), this.tools);
  }

  /** Start with a new video. */
  openVideo() {
    return new LiveReader(this.tools, this.settings.tracking);
  }

  async close() {
    await Promise.all(Object.values(this.networks).map((network) => network.close()));
  }
}
