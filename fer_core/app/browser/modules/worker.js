// The engine in a thread of its own, so that the page stays free. Messages: {id, task, ...} in, {id, result | error} out.

import { openEngine } from "./engine.js";
import { Picture } from "./pixels.js";

let engine, video;

const tasks = {
  async open({ settings }) {
    engine = await openEngine(settings);
    video = engine.openVideo();
  },
  photo: ({ width, height, rgba }) => engine.answerPhoto(Picture.fromRgba(width, height, rgba)),
  frame: ({ width, height, rgba, seconds }) => video.read(Picture.fromRgba(width, height, rgba), seconds),
  cut: () => video.cut(),
};

let last = Promise.resolve(); // one task after the other: the networks' memory is shared

onmessage = ({ data: { id, task, ...rest } }) => {
  last = last.then(async () => {
    try {
      postMessage({ id, result: await tasks[task](rest) });
    } catch (error) {
      postMessage({ id, error: String(error?.message ?? error) });
    }
  });
};
