// Live video: the camera, its answers drawn over it, and the last minute. Nothing leaves the device but, where the page
// around scores them, the numbers.

import { makeBars } from "./bars.js";
import { Camera, FrameReader, listCameras, nameProblem } from "./camera.js";
import { make, makeButton, readStyle, saveText } from "./elements.js";
import { Minute } from "./minute.js";
import { drawFaces } from "./overlay.js";
import { RemoteEngine } from "./remote.js";
import { Wording } from "./wording.js";

const LONG_SIDE = 640;
const RATE_OVER = 2; // seconds over which frames are counted
const REPORT_EVERY = 2; // seconds
const MAX_LINES = 6; // faces with an answer in words
const WIDE = 420; // CSS pixels; over a smaller picture nobody can read bars: they stand below it
const MAX_BARS = 2; // faces with bars below a small picture

/** Show live video in `root`. `report(name, value)` tells the page around about "problem" and "points". */
export function mountLive(root, data, report = () => {}) {
  const view = new LiveView(root, data, report);
  return { update: (next) => view.update(next), close: () => view.close() };
}

class LiveView {
  constructor(root, data, report) {
    Object.assign(this, { root, report, finished: [], running: 0, paused: false, mirrored: null, reported: 0 });
    this.#build();
    this.camera = new Camera(this.video);
    this.settings = data.settings;
    this.update(data);
    this.#offerSwitch();
  }

  /** Take new settings: another network answers from then on; `share`: whether the page gets the numbers. */
  update({ settings, share = false }) {
    this.share = share; // then the page around shows what they are worth
    this.chart.hidden = share || !this.minute?.rows.length;
    if (this.engine && JSON.stringify(settings) === JSON.stringify(this.settings)) return;
    this.engine?.close();
    this.settings = settings;
    this.wording = new Wording(settings);
    this.minute = new Minute(settings.labels);
    this.#openEngine();
  }

  close() {
    const { engine } = this;
    this.engine = null; // whatever still comes from it counts no more
    this.#stop();
    engine.close();
  }

  #build() {
    this.video = make("video", { muted: true, playsInline: true });
    this.canvas = make("canvas", { className: "overlay" });
    this.notice = make("p", { className: "notice", role: "status" });
    this.startButton = makeButton("Start", () => (this.camera.stream ? this.#stop() : this.#start()), { className: "primary" });
    this.pauseButton = makeButton("Pause", () => this.#pause(), { hidden: true });
    this.switchButton = makeButton("Other camera", () => this.#switch(), { hidden: true });
    this.mirrorButton = makeButton("Mirror", () => this.#mirror(!this.mirrored), { "aria-pressed": "true" });
    this.csvButton = makeButton("Save CSV", () => saveText(this.minute.toCsv(), "live.csv"), { hidden: true });
    this.rate = make("span", { className: "rate" });
    this.answers = make("ul", { className: "answers" });
    this.chart = make("canvas", { className: "minute", role: "img", "aria-label": "The last minute", hidden: true });
    this.cover = make("div", { className: "cover" }, this.notice, this.startButton);
    const stage = make("div", { className: "stage" }, this.video, this.canvas, this.cover);
    const buttons = [this.pauseButton, this.switchButton, this.mirrorButton, this.csvButton];
    this.controls = make("div", { className: "controls" }, ...buttons, this.rate);
    const seen = make("div", { className: "seen" }, stage, this.controls);
    const said = make("div", { className: "said" }, this.answers, this.chart);
    this.root.replaceChildren(make("div", { className: "live" }, seen, said));
    this.#mirror(true);
  }

  async #openEngine() {
    const engine = (this.engine = new RemoteEngine(this.settings));
    this.startButton.disabled = true;
    this.#say("Loading the network…");
    try {
      await engine.ready;
    } catch (error) {
      if (engine !== this.engine) return;
      this.#stop();
      this.#fail("engine", error);
      return;
    }
    if (engine !== this.engine) return;
    this.startButton.disabled = false;
    this.root.dataset.ready = "yes";
    if (!this.camera.stream) this.#say("Press Start and let the browser use your camera.");
    else this.#say("");
  }

  async #start() {
    const run = ++this.running;
    this.startButton.disabled = true;
    this.#say("The browser asks whether this page may use the camera…");
    try {
      await this.camera.open();
      if (run !== this.running) return this.camera.close(); // the page was left meanwhile
    } catch (error) {
      if (run === this.running) this.#fail(nameProblem(error), error);
      return;
    } finally {
      this.startButton.disabled = false;
    }
    this.report("problem", "");
    this.#say("");
    this.paused = false;
    this.minute.clear();
    this.#mirror(this.camera.isFront);
    this.#showButtons(true);
    this.#offerSwitch();
    this.#follow(run);
  }

  #stop() {
    this.running += 1;
    this.reader?.close();
    this.camera.close();
    this.finished = [];
    this.#showButtons(false);
    this.answers.replaceChildren();
    this.rate.textContent = "";
    this.canvas.width = this.canvas.width; // wipes it
    this.#say("Press Start and let the browser use your camera.");
  }

  #pause() {
    this.paused = !this.paused;
    this.pauseButton.textContent = this.paused ? "Go on" : "Pause";
    if (this.paused) this.video.pause();
    else this.video.play();
  }

  async #switch() {
    const run = ++this.running;
    this.reader?.close();
    try {
      await this.camera.change();
    } catch (error) {
      this.#stop();
      this.#fail(nameProblem(error), error);
      return;
    }
    if (run !== this.running) return this.camera.close();
    this.#mirror(this.camera.isFront);
    await this.engine.cut();
    this.#follow(run);
  }

  #mirror(mirrored) {
    this.mirrored = mirrored;
    this.video.classList.toggle("mirrored", mirrored);
    this.mirrorButton.setAttribute("aria-pressed", String(mirrored));
  }

  async #offerSwitch() {
    this.switchButton.hidden = (await listCameras()).length < 2;
  }

  #showButtons(playing) {
    this.startButton.textContent = playing ? "Stop" : "Start";
    if (playing) this.controls.prepend(this.startButton);
    else this.cover.append(this.startButton); // where one looks first, and in reach on a phone
    this.startButton.classList.toggle("primary", !playing);
    this.pauseButton.hidden = !playing;
    this.pauseButton.textContent = "Pause";
    this.csvButton.hidden = !playing && !this.minute.rows.length;
    this.chart.hidden = this.share || (!playing && !this.minute.rows.length);
  }

  /** Answer frame after frame until this run ends. */
  async #follow(run) {
    const reader = (this.reader = new FrameReader(this.video, LONG_SIDE));
    while (run === this.running) {
      const frame = await reader.read();
      if (!frame) break;
      const seconds = performance.now() / 1000;
      const [width, height] = [frame.width, frame.height];
      try {
        const tracks = await this.engine.answerFrame(frame, seconds);
        if (run === this.running) this.#show(tracks, seconds, width, height);
      } catch (error) {
        if (run !== this.running) break;
        console.warn("A frame could not be answered:", error);
        await new Promise((resolve) => setTimeout(resolve, 500)); // another network may be on its way
      }
    }
    reader.close();
  }

  #show(tracks, seconds, width, height) {
    const { canvas } = this;
    Object.assign(canvas, { width, height }); // wipes it, too
    drawFaces(canvas, tracks, this.settings, { mirrored: this.mirrored, bars: !this.#isSmall() });
    this.minute.add(tracks, seconds);
    this.#count();
    if (seconds - this.reported < REPORT_EVERY / 4) return;
    this.reported = seconds;
    this.#describe(tracks);
    if (!this.chart.hidden) this.minute.draw(this.chart, seconds, this.settings.colors, readStyle(this.root, "color", "#888"));
    this.#sharePoints(seconds);
  }

  #isSmall() {
    return this.canvas.clientWidth < WIDE;
  }

  #count() {
    const now = performance.now() / 1000;
    this.finished.push(now);
    while (now - this.finished[0] > RATE_OVER) this.finished.shift();
    const span = now - this.finished[0];
    this.fps = span ? (this.finished.length - 1) / span : 0;
    const count = this.fps.toFixed(0);
    this.rate.textContent = `${count} ${count === "1" ? "frame" : "frames"} per second`;
  }

  #describe(tracks) {
    const lines = tracks.slice(0, MAX_LINES).map(({ number, probability, sure, warnings }) => {
      const [headline, detail] = this.wording.describe(probability, sure);
      const note = warnings.length ? [make("small", {}, warnings.join(" "))] : [];
      return make("li", {}, make("strong", {}, `${number} · ${headline}`), ` ${detail}`, ...note);
    });
    if (this.#isSmall()) tracks.slice(0, MAX_BARS).forEach((track, i) => lines[i].append(makeBars(track, this.settings, this.wording)));
    if (!lines.length) lines.push(make("li", {}, "No face in the picture. Come closer, and face the camera with light on you."));
    this.answers.replaceChildren(...lines);
  }

  #sharePoints(seconds) {
    if (!this.share || seconds - (this.shared ?? 0) < REPORT_EVERY) return;
    this.shared = seconds;
    const points = this.minute.read(seconds).map(({ number, seconds: at, probability }) => [number, at, ...probability]);
    this.report("points", { now: seconds, points: points.map((row) => row.map((value) => Number(value.toFixed(3)))) });
  }

  #fail(problem, error) {
    console.info(`Live video in the browser: ${problem}: ${error.message}`);
    const { title, advice } = this.settings.problems[problem];
    this.#say(`${title}. ${advice}`);
    this.report("problem", problem);
  }

  #say(text) {
    this.notice.textContent = text;
    this.notice.hidden = !text;
  }
}
