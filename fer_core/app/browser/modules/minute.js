// The last minute of every face: kept in bounded memory, drawn as lines, saved as a table.

const SPAN = 60; // seconds on show
const RATE = 5; // points a second
const KEPT = 20_000; // rows that can be saved: more than an hour of one face

export class Minute {
  constructor(labels) {
    this.labels = labels;
    this.clear();
  }

  clear() {
    this.rows = [];
    this.latest = new Map();
  }

  /** Note the tracks of one frame; what is closer than 1 / RATE to a face's last point is left out. */
  add(tracks, seconds) {
    for (const { number, label, sure, probability } of tracks) {
      if (seconds - (this.latest.get(number) ?? -Infinity) < (1 - 1e-6) / RATE) continue;
      this.latest.set(number, seconds);
      this.rows.push({ number, seconds, label, sure, probability });
    }
    if (this.rows.length > KEPT) this.rows.splice(0, this.rows.length - KEPT);
    for (const [number, last] of this.latest) if (seconds - last > SPAN) this.latest.delete(number);
  }

  /** The rows of the last minute. */
  read(now) {
    let first = this.rows.length;
    while (first && this.rows[first - 1].seconds >= now - SPAN) first -= 1;
    return this.rows.slice(first);
  }

  toCsv() {
    const start = this.rows[0]?.seconds ?? 0;
    const lines = this.rows.map(({ number, seconds, label, sure, probability }) =>
      [(seconds - start).toFixed(2), number, label, sure ? "yes" : "no", ...probability.map((p) => p.toFixed(4))].join(","),
    );
    return [["seconds", "face", "label", "sure", ...this.labels].join(","), ...lines, ""].join("\n");
  }

  /** Draw the leading expression's probability of every face; `colors`: of the expressions; `ink`: of text and grid. */
  draw(canvas, now, colors, ink) {
    const pen = canvas.getContext("2d");
    const scale = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    const [left, top, right, bottom] = [44, 24, width - 8, height - 22];
    const toX = (seconds) => right - ((now - seconds) / SPAN) * (right - left);
    const toY = (share) => bottom - share * (bottom - top);
    drawGrid(pen, { left, right, bottom, toX: (ago) => toX(now - ago), toY, ink });
    for (const rows of groupByFace(this.read(now)).values()) drawFace(pen, rows, toX, toY, colors);
  }
}

function groupByFace(rows) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(row.number)) groups.set(row.number, []);
    groups.get(row.number).push(row);
  }
  return groups;
}

function drawGrid(pen, { left, right, bottom, toX, toY, ink }) {
  pen.font = "12px sans-serif";
  pen.fillStyle = ink;
  pen.strokeStyle = ink;
  pen.lineWidth = 1;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (const share of [0, 0.5, 1]) {
    pen.globalAlpha = 0.2;
    pen.beginPath();
    pen.moveTo(left, toY(share));
    pen.lineTo(right, toY(share));
    pen.stroke();
    pen.globalAlpha = 1;
    pen.fillText(`${100 * share}\u00a0%`, left - 6, toY(share));
  }
  for (const ago of [60, 30, 0]) {
    pen.textAlign = { 60: "left", 30: "center", 0: "right" }[ago];
    pen.fillText(ago ? `${ago}\u00a0s ago` : "now", toX(ago), bottom + 14);
  }
  pen.textAlign = "left";
}

function drawFace(pen, rows, toX, toY, colors) {
  pen.lineWidth = 2.5;
  pen.lineCap = "round";
  for (let i = 1; i < rows.length; i++) {
    if (rows[i].seconds - rows[i - 1].seconds > 1.5) continue; // out of sight
    pen.strokeStyle = colors[rows[i].label];
    pen.beginPath();
    pen.moveTo(toX(rows[i - 1].seconds), toY(Math.max(...rows[i - 1].probability)));
    pen.lineTo(toX(rows[i].seconds), toY(Math.max(...rows[i].probability)));
    pen.stroke();
  }
  const last = rows.at(-1);
  pen.fillStyle = colors[last.label];
  pen.textAlign = "right";
  pen.fillText(`${last.number} ${last.label}`, toX(last.seconds), toY(Math.max(...last.probability)) - 10);
  pen.textAlign = "left";
}
