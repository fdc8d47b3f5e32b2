// Photos answered on the visitor's device: chosen, dropped, pasted or taken; the picture itself goes nowhere.

import { makeBars } from "./bars.js";
import { make, makeButton } from "./elements.js";
import { drawFaces } from "./overlay.js";
import { RemoteEngine } from "./remote.js";
import { Wording } from "./wording.js";

const MAX_PIXELS = 16_000_000; // what every browser's canvas can hold
const MIN_SIDE = 24;
const MAX_CARDS = 12;

/** Let the visitor bring photos in `root`. `data`: settings, and `example`: address of a photo to try. */
export function mountPhoto(root, data, report = () => {}) {
  const view = new PhotoView(root, data, report);
  return { update: (next) => view.update(next), close: () => view.close() };
}

class PhotoView {
  constructor(root, data, report) {
    Object.assign(this, { root, report, example: data.example });
    this.#build();
    this.update(data);
  }

  update({ settings }) {
    if (this.engine && JSON.stringify(settings) === JSON.stringify(this.settings)) return;
    this.engine?.close();
    this.settings = settings;
    this.wording = new Wording(settings);
    const engine = (this.engine = new RemoteEngine(settings));
    engine.ready.then(
      () => (this.root.dataset.ready = "yes"),
      (error) => engine === this.engine && this.#fail(error),
    );
    if (this.photo) this.#answer(this.photo, this.photo.name);
  }

  close() {
    const { engine } = this;
    this.engine = null;
    engine?.close();
  }

  #build() {
    const take = ({ target }) => {
      const [file] = target.files;
      target.value = ""; // so that the same file can be chosen again
      if (file) this.#answer(file, file.name);
    };
    this.input = make("input", { type: "file", accept: "image/*", hidden: true, onchange: take });
    const choose = makeButton("Choose or take a photo", () => this.input.click(), { className: "primary" });
    const example = makeButton("Try the example", () => this.#tryExample());
    this.notice = make("p", { className: "notice", role: "status", hidden: true });
    this.canvas = make("canvas", { className: "photo", role: "img", hidden: true });
    this.cards = make("div", { className: "cards" });
    const controls = make("div", { className: "controls" }, choose, ...(this.example ? [example] : []), "or drop one here");
    this.root.replaceChildren(this.input, controls, this.notice, this.canvas, this.cards);
    this.root.ondragover = (event) => event.preventDefault();
    this.root.ondrop = (event) => {
      event.preventDefault();
      const [file] = event.dataTransfer.files;
      if (file) this.#answer(file, file.name);
    };
  }

  async #tryExample() {
    const response = await fetch(this.example);
    this.#answer(await response.blob(), "example");
  }

  async #answer(file, name) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.photo = Object.assign(file, file.name ? {} : { name });
    delete this.root.dataset.answered;
    this.cards.replaceChildren();
    this.#say("Looking for faces…");
    let pixels;
    try {
      pixels = await readPhoto(file, this.canvas);
    } catch (error) {
      this.canvas.hidden = true;
      this.#say(error instanceof PhotoError ? error.message : "This file is not a picture that this browser can read.");
      return;
    }
    this.canvas.hidden = false;
    const started = performance.now();
    try {
      await this.engine.ready;
      const faces = await this.engine.answerPhoto(pixels.image);
      if (turn === this.turn) this.#show(faces, name, pixels.note, performance.now() - started);
    } catch (error) {
      if (turn === this.turn && this.engine) this.#fail(error);
    }
  }

  #show(faces, name, note, milliseconds) {
    const count = ["No face found", "1 face"][faces.length] ?? `${faces.length} faces`;
    const seen = faces.map(({ face, ...rest }) => ({ ...rest, box: face.box }));
    drawFaces(this.canvas, seen, this.settings);
    const said = faces.map((face) => `${face.number}: ${this.wording.describe(face.probability, face.sure).join(", ")}`);
    this.canvas.setAttribute("aria-label", `${name}: ${count}. ${said.join("; ")}`);
    this.#say([`${count}, ${writeWait(milliseconds)} on this device.`, note].filter(Boolean).join(" "));
    this.cards.replaceChildren(...faces.slice(0, MAX_CARDS).map((face) => makeCard(face, this.settings, this.wording)));
    this.root.dataset.answered = name;
    this.root.answers = seen; // for tests and the curious
  }

  #fail(error) {
    console.info(`Photos in the browser: ${error.message}`);
    const { title, advice } = this.settings.problems.engine;
    this.#say(`${title}. ${advice}`);
    this.report("problem", "engine");
  }

  #say(text) {
    this.notice.textContent = text;
    this.notice.hidden = !text;
  }
}

class PhotoError extends Error {}

/** Decode a file upright into `canvas`; returns its pixels and what was done to it. */
async function readPhoto(file, canvas) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
  try {
    const { width, height } = bitmap;
    if (Math.min(width, height) < MIN_SIDE) throw new PhotoError(`This picture has only ${width} x ${height} pixels: use a larger one.`);
    const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)));
    Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.fillStyle = "white"; // below what is transparent, as on the server
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const note = scale < 1 ? `Reduced from ${width} x ${height} to ${canvas.width} x ${canvas.height} pixels.` : "";
    return { image: pen.getImageData(0, 0, canvas.width, canvas.height), note };
  } finally {
    bitmap.close();
  }
}

function makeCard(face, settings, wording) {
  const [headline, detail] = wording.describe(face.probability, face.sure);
  const turned = Math.abs(face.turned) >= 10 ? [`Turned upright by ${Math.abs(face.turned).toFixed(0)}°`] : [];
  const notes = [...turned, ...face.warnings].map((text) => make("small", {}, text));
  const words = make("div", {}, make("strong", {}, `${face.number} · ${headline}`), make("span", {}, detail), ...notes);
  return make("article", {}, make("header", {}, showCrop(face.crop), words), makeBars(face, settings, wording));
}

/** The face as the network sees it. */
function showCrop({ width, height, data }) {
  const canvas = make("canvas", { width, height, className: "crop", role: "img", "aria-label": "The face as the network sees it" });
  const image = new ImageData(width, height);
  data.forEach((grey, i) => image.data.set([grey, grey, grey, 255], 4 * i));
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** "338 ms" or, from a second on, "2.7 s". */
function writeWait(milliseconds) {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
