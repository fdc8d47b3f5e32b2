// The deck: one dialog over the whole window, one slide at a time, turned by keys, touch or buttons.
// charts.js, notes.js and bodies.js stand before this file in the same module.

const WIDE = [1920, 1080];
const TALL = 900; // width of the stage on a phone held upright; its height follows the screen
const SWIPE = 60; // pixels
const TURNS = {
  ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1,
  Home: -Infinity, End: Infinity,
};

class Deck {
  constructor(dialog, data, onClose) {
    Object.assign(this, { dialog, onClose, slides: data.slides, plotlyUrl: data.plotly_url });
    this.find = (name) => dialog.querySelector(`.${name}`);
    this.root = location.pathname.slice(0, location.pathname.length - data.page.length); // the app's own address
    this.place = this.clamp(Number(new URL(location.href).searchParams.get("slide") || 1) - 1);
    this.onKey = (event) => this.press(event);
    this.notesWindow = new NotesWindow(this.onKey);
    this.listeners = new AbortController();
    this.listen();
    dialog.showModal();
    dialog.focus(); // not the first button: Enter and the space bar turn the slides
    this.fit();
  }

  clamp(place) {
    return Math.min(Math.max(Number.isNaN(place) ? 0 : Math.trunc(place), 0), this.slides.length - 1);
  }

  listen() {
    const { signal } = this.listeners;
    const buttons = {
      previous: () => this.turn(-1), next: () => this.turn(1), notes: () => this.toggleNotes(),
      window: () => this.openWindow(), full: () => this.toggleFull(), close: () => this.onClose(),
    };
    for (const [name, act] of Object.entries(buttons)) {
      this.find(`do-${name}`).addEventListener("click", act, { signal });
    }
    document.addEventListener("keydown", this.onKey, { signal, capture: true });
    window.addEventListener("resize", () => this.fit(), { signal });
    window.addEventListener("popstate", () => {
      if (!new URL(location.href).searchParams.has("present")) this.onClose();
    }, { signal });
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.onClose();
    }, { signal });
    this.dialog.addEventListener("touchstart", (event) => {
      this.touch = event.touches.length === 1 ? event.touches[0] : null;
    }, { signal, passive: true });
    this.dialog.addEventListener("touchend", (event) => this.swipe(event.changedTouches[0]), { signal, passive: true });
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = (event.key === " " || event.key === "Enter") && event.composedPath()[0].tagName === "BUTTON";
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const acts = { n: () => this.toggleNotes(), w: () => this.openWindow(), f: () => this.toggleFull() };
    const act = onButton ? null : (key in TURNS ? () => this.turn(TURNS[key]) : acts[key]);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  swipe(touch) {
    if (!this.touch || !touch) return;
    const [x, y] = [touch.clientX - this.touch.clientX, touch.clientY - this.touch.clientY];
    if (Math.abs(x) > SWIPE && Math.abs(x) > 2 * Math.abs(y)) this.turn(x < 0 ? 1 : -1);
    this.touch = null;
  }

  turn(steps) {
    const place = this.clamp(Number.isFinite(steps) ? this.place + steps : steps > 0 ? this.slides.length : 0);
    if (place === this.place) return;
    this.place = place;
    this.show();
  }

  /** Scale a stage of fixed size to the window, so that text keeps its share of the height on every projector. */
  fit() {
    const [width, height] = [window.innerWidth, window.innerHeight];
    const tall = height > width;
    const stage = tall ? [TALL, Math.round((TALL * height) / width)] : WIDE;
    const scale = Math.min(width / stage[0], height / stage[1]);
    const style = this.find("stage").style;
    style.width = `${stage[0]}px`;
    style.height = `${stage[1]}px`;
    style.transform = `translate(-50%, -50%) scale(${scale})`;
    const changed = this.tall !== tall || (tall && this.stageHeight !== stage[1]);
    Object.assign(this, { tall, scale, stageHeight: stage[1] });
    this.dialog.classList.toggle("tall", tall);
    if (changed) this.show();
  }

  show() {
    const slide = this.slides[this.place];
    this.find("title").textContent = slide.title;
    this.find("sentence").textContent = slide.sentence;
    this.find("source").textContent = slide.source;
    this.find("number").textContent = `${this.place + 1} / ${this.slides.length}`;
    this.find("do-previous").disabled = this.place === 0;
    this.find("do-next").disabled = this.place === this.slides.length - 1;
    this.find("panel").replaceChildren(...makeNotes(slide));
    const body = this.find("body");
    eraseChart(body.querySelector(".chart"));
    body.replaceChildren();
    body.dataset.slide = slide.name;
    BODIES[slide.body.kind](body, slide.body, this);
    this.notesWindow.show(this.slides, this.place);
    this.writeAddress();
  }

  /** Keep the slide in the address. A link of Streamlit's leaves it as it was: then Back shall lead to the page. */
  writeAddress() {
    const address = new URL(location.href);
    const came = address.searchParams.has("present") ? "replaceState" : "pushState";
    address.searchParams.set("present", 1);
    address.searchParams.set("slide", this.place + 1);
    history[came](history.state, "", address);
  }

  toggleNotes() {
    const panel = this.find("panel");
    panel.hidden = !panel.hidden;
    this.find("do-notes").ariaPressed = String(!panel.hidden);
  }

  openWindow() {
    if (this.notesWindow.open()) {
      this.notesWindow.show(this.slides, this.place);
    } else if (this.find("panel").hidden) {
      this.toggleNotes(); // the browser blocks windows: the notes come up below the slide instead
    }
  }

  toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {}); // refused: the slides fill the window anyway
  }

  remove() {
    this.listeners.abort();
    this.notesWindow.close();
    if (document.fullscreenElement) document.exitFullscreen();
    eraseChart(this.find("chart"));
    this.dialog.close();
  }
}

const decks = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const dialog = parentElement.querySelector("dialog");
  if (!decks.has(dialog)) decks.set(dialog, new Deck(dialog, data, () => setTriggerValue("closed", true)));
  return () => {
    decks.get(dialog)?.remove();
    decks.delete(dialog);
  };
}
