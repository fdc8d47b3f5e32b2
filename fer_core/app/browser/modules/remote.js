// The page's side of worker.js.

const worker = new URL("./worker.js", import.meta.url);

/** An engine in a worker. Every method returns a promise that fails with what went wrong there. */
export class RemoteEngine {
  #waiting = new Map();
  #last = 0;

  constructor(settings) {
    this.settings = settings;
    this.worker = new Worker(worker, { type: "module" });
    this.worker.onmessage = ({ data: { id, result, error } }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    };
    this.worker.onerror = ({ message }) => this.#fail(message || "The worker could not be started.");
    this.ready = this.#ask("open", { settings });
  }

  /** Every face of a picture, in reading order. `rgba`: a canvas's ImageData; its bytes are handed over. */
  answerPhoto({ width, height, data }) {
    return this.#ask("photo", { width, height, rgba: data }, [data.buffer]);
  }

  /** The tracks of one frame of the video, taken at `seconds`. */
  answerFrame({ width, height, data }, seconds) {
    return this.#ask("frame", { width, height, rgba: data, seconds }, [data.buffer]);
  }

  /** End all tracks: another scene begins. */
  cut() {
    return this.#ask("cut");
  }

  close() {
    this.worker.terminate();
    this.#fail("The engine was closed.");
  }

  #ask(task, rest = {}, transfer = []) {
    return new Promise((resolve, reject) => {
      this.#waiting.set(++this.#last, { resolve, reject });
      this.worker.postMessage({ id: this.#last, task, ...rest }, transfer);
    });
  }

  #fail(message) {
    for (const { reject } of this.#waiting.values()) reject(new Error(message));
    this.#waiting.clear();
  }
}
