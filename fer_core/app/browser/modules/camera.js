// The visitor's camera, shown in a video element.

const WANTED = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
const PROBLEMS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** What keeps the camera away, in a word: "denied", "missing", "busy" or "insecure". */
export const nameProblem = (error) => (navigator.mediaDevices?.getUserMedia ? (PROBLEMS[error.name] ?? "busy") : "insecure");

export class Camera {
  constructor(video) {
    this.video = video;
    this.facing = "user";
    this.stream = null;
  }

  /** Whether it looks at the visitor, as far as is known. */
  get isFront() {
    return this.facing === "user";
  }

  async open() {
    await this.#show({ ...WANTED, facingMode: { ideal: this.facing } });
  }

  /** Change between the front and the back camera or, where cameras have no such side, to the next one. */
  async change() {
    const facing = this.isFront ? "environment" : "user";
    const current = this.#settings().deviceId;
    this.close(); // phones give one camera at a time
    try {
      await this.#show({ ...WANTED, facingMode: { exact: facing } });
      this.facing = facing;
    } catch (error) {
      if (error.name !== "OverconstrainedError" && error.name !== "NotFoundError") throw error;
      const ids = (await listCameras()).map(({ deviceId }) => deviceId);
      const next = ids[(ids.indexOf(current) + 1) % ids.length];
      await this.#show({ ...WANTED, deviceId: { exact: next } });
    }
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  async #show(constraints) {
    const stream = await navigator.mediaDevices.getUserMedia({ video: constraints, audio: false });
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = stream;
    this.facing = this.#settings().facingMode ?? this.facing;
    this.video.srcObject = stream;
    await this.video.play();
  }

  #settings() {
    return this.stream?.getVideoTracks()[0]?.getSettings() ?? {};
  }
}

export async function listCameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return devices.filter(({ kind }) => kind === "videoinput");
}

/** Reads frames of a video as pixels, of at most `longSide`; each frame once. */
export class FrameReader {
  constructor(video, longSide) {
    Object.assign(this, { video, longSide, shown: 0, taken: 0, waiting: null, closed: false });
    this.pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    this.#listen();
  }

  /** The newest frame as ImageData, once there is one that was not taken yet; null after `close`. */
  async read() {
    if (this.shown === this.taken && !this.closed) await new Promise((resolve) => (this.waiting = resolve));
    const { videoWidth, videoHeight } = this.video;
    if (this.closed || !videoWidth) return null;
    this.taken = this.shown;
    const scale = Math.min(1, this.longSide / Math.max(videoWidth, videoHeight));
    const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)];
    const { canvas } = this.pen;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    this.pen.drawImage(this.video, 0, 0, width, height);
    return this.pen.getImageData(0, 0, width, height);
  }

  close() {
    this.closed = true;
    this.waiting?.();
  }

  /** Count the frames that are shown. Nothing is shown in a hidden tab: then it rests. */
  #listen() {
    if (this.closed) return;
    const note = () => {
      this.shown += 1;
      this.waiting?.();
      this.waiting = null;
      this.#listen();
    };
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(note);
    else requestAnimationFrame(note);
  }
}
