// Sliders over a face. Each movement goes to the server, which changes the face and lets the networks answer; the next one
// waits until that answer is here, so that a slow server is never flooded and the bars follow as quickly as it can.

const KNOBS = {
  turn: ["Turn", -180, 180, 1, (v) => `${v}°`],
  blur: ["Blur", 0, 3, 0.1, (v) => `${v} px`],
  light: ["Light", -120, 120, 2, (v) => (v > 0 ? `+${v}` : `${v}`)],
  disc: ["Disc size", 0, 30, 1, (v) => (v ? `${v} px` : "none")],
};
const SIDE = 48; // pixels of the face
const NEW = 16; // across, of a disc that was not there before: as a thumb
const PATIENCE = 2000; // ms until an answer counts as lost
const ARROWS = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] };

function make(tag, name = "", text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

class Toy {
  constructor(root, send, data) {
    Object.assign(this, { root, send, sent: 0, waiting: false, dirty: false });
    this.rest = { ...data.rest };
    this.knobs = { ...data.knobs };
    this.find = (selector) => root.querySelector(selector);
    this.inputs = {};
    for (const [name, [label, min, max, step]] of Object.entries(KNOBS)) this.addKnob(name, label, min, max, step);
    this.upside = this.find("[name=upside]");
    this.upside.oninput = () => this.set({ upside: Number(this.upside.checked) }, true);
    this.find(".reset").onclick = () => this.set(this.rest, true);
    this.listenToDrags(this.find(".stage"));
    this.write();
  }

  addKnob(name, label, min, max, step) {
    const row = make("label", "knob");
    const input = Object.assign(document.createElement("input"), { type: "range", min, max, step, name });
    const output = make("output");
    input.oninput = () => this.set({ [name]: Number(input.value) });
    input.onchange = () => this.set({}, true);
    input.ondblclick = () => this.set({ [name]: this.rest[name] }, true);
    row.append(make("span", "", label), input, output);
    this.find(".knobs").append(row);
    this.inputs[name] = [input, output];
  }

  listenToDrags(stage) {
    const lay = (event) => {
      const box = stage.getBoundingClientRect();
      const place = (at, from, length) => Math.min(Math.max(Math.round(((at - from) / length) * SIDE), 0), SIDE);
      const [x, y] = [place(event.clientX, box.left, box.width), place(event.clientY, box.top, box.height)];
      this.set({ x, y, disc: this.knobs.disc || NEW });
    };
    stage.onpointerdown = (event) => {
      stage.setPointerCapture(event.pointerId);
      lay(event);
    };
    stage.onpointermove = (event) => event.buttons && lay(event);
    stage.onpointerup = () => this.set({}, true);
    stage.onkeydown = (event) => {
      const step = ARROWS[event.key];
      if (!step) return;
      event.preventDefault();
      const move = (at, by) => Math.min(Math.max(at + by, 0), SIDE);
      this.set({ x: move(this.knobs.x, step[0]), y: move(this.knobs.y, step[1]), disc: this.knobs.disc || NEW }, true);
    };
  }

  /** Change some knobs; `settled`: they are let go, so that the page's address may hold them. */
  set(changes, settled = false) {
    Object.assign(this.knobs, changes);
    this.write();
    Object.assign(this, { dirty: true, settled });
    this.ask();
  }

  write() {
    for (const [name, [input, output]] of Object.entries(this.inputs)) {
      input.value = this.knobs[name];
      output.textContent = KNOBS[name][4](Math.round(this.knobs[name] * 10) / 10);
    }
    this.upside.checked = Boolean(this.knobs.upside);
  }

  ask() {
    if (this.waiting || !this.dirty) return;
    Object.assign(this, { waiting: true, dirty: false });
    this.send({ ...this.knobs, number: ++this.sent, settled: this.settled });
    this.timer = setTimeout(() => this.go_on(), PATIENCE);
  }

  go_on() {
    clearTimeout(this.timer);
    this.waiting = false;
    this.ask();
  }

  show(data) {
    this.find(".face").src = data.face;
    this.find(".stage").ariaLabel = data.alt;
    const answers = this.find(".answers");
    if (answers.children.length !== data.networks.length || this.names !== String(data.networks.map((n) => n.name))) {
      this.names = String(data.networks.map((n) => n.name));
      answers.replaceChildren(...data.networks.map(() => makeNetwork(data)));
    }
    data.networks.forEach((network, i) => showNetwork(answers.children[i], network));
    this.root.dataset.answered = data.number;
    if (data.number >= this.sent) this.go_on();
  }
}

function makeNetwork(data) {
  const card = make("section", "network");
  const said = make("p", "said");
  said.append(make("b"), make("span"));
  card.append(make("h3"), said);
  data.labels.forEach((label, i) => {
    const bar = make("div", "bar"), track = make("div", "track"), fill = make("div", "fill");
    fill.style.background = data.colors[i];
    track.append(fill);
    bar.append(make("span", "", label), track, make("span", "share"));
    card.append(bar);
  });
  return card;
}

function showNetwork(card, network) {
  card.querySelector("h3").textContent = network.name;
  card.querySelector("b").textContent = network.headline;
  card.querySelector(".said span").textContent = network.detail;
  const top = network.shares.indexOf(Math.max(...network.shares));
  card.querySelectorAll(".bar").forEach((bar, i) => {
    bar.classList.toggle("top", i === top);
    bar.querySelector(".fill").style.transform = `scaleX(${network.shares[i]})`;
    bar.querySelector(".share").textContent = network.texts[i];
  });
}

const toys = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".toy");
  if (!toys.has(root)) toys.set(root, new Toy(root, (knobs) => setStateValue("knobs", knobs), data));
  toys.get(root).show(data);
}
