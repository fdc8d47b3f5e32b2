// Speaker notes: below the slide, and in a window of their own with the next slide and a clock.

const HEADINGS = { say: "Say", ask: "Ask", more: "If they ask" };
const WINDOW_STYLE = `
  :root { color-scheme: light dark; }
  body { font: 22px/1.5 ${FONT}; margin: 28px 36px; max-width: 44em; }
  h1 { font-size: 26px; line-height: 1.25; margin: 8px 0 20px; }
  h2 { font-size: 18px; margin: 20px 0 2px; opacity: .75; }
  p { margin: 0; }
  .clock { font-variant-numeric: tabular-nums; opacity: .75; }
  .next { border-top: 1px solid; margin-top: 28px; padding-top: 12px; }`;

/** Make the notes of a slide as elements of `page`, the document that will hold them. */
function makeNotes(slide, page = document) {
  return Object.entries(HEADINGS).flatMap(([key, heading]) => {
    if (!slide.notes[key]) return [];
    const title = page.createElement("h2");
    title.textContent = heading;
    const text = page.createElement("p");
    text.textContent = slide.notes[key];
    return [title, text];
  });
}

/** The second window. `open` returns false where the browser blocks it. */
class NotesWindow {
  constructor(onKey) {
    this.onKey = onKey;
    this.window = null;
    this.started = null;
  }

  get isOpen() {
    return Boolean(this.window && !this.window.closed);
  }

  open() {
    if (!this.isOpen) this.window = window.open("", "speaker-notes", "popup,width=900,height=760");
    if (!this.window) return false;
    const page = this.window.document;
    page.title = "Speaker notes";
    const style = page.createElement("style");
    style.textContent = WINDOW_STYLE;
    page.head.replaceChildren(style);
    this.window.onkeydown = this.onKey;
    this.started ??= Date.now();
    this.timer ??= setInterval(() => this.tick(), 1000);
    this.window.focus();
    return true;
  }

  show(slides, place) {
    if (!this.isOpen) return;
    const page = this.window.document;
    const add = (tag, text, name = "") => {
      const element = page.createElement(tag);
      element.textContent = text;
      element.className = name;
      return element;
    };
    const slide = slides[place];
    this.planned = slides.slice(0, place + 1).reduce((sum, each) => sum + each.minutes, 0);
    const next = slides[place + 1];
    page.body.replaceChildren(
      add("div", "", "clock"),
      add("h1", `${place + 1} of ${slides.length}: ${slide.sentence}`),
      ...makeNotes(slide, page),
      add("p", next ? `Next: ${next.sentence}` : "This is the last slide.", "next"),
    );
    this.tick();
  }

  tick() {
    if (!this.isOpen) return;
    const seconds = Math.round((Date.now() - this.started) / 1000);
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const element = this.window.document.querySelector(".clock");
    if (element) element.textContent = `${clock} gone; this slide ends at about ${Math.round(this.planned)} min`;
  }

  close() {
    clearInterval(this.timer);
    if (this.isOpen) this.window.close();
  }
}
