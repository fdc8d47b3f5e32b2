// Answers drawn over a picture or video: a numbered box for each face and, of few faces, the seven bars beside it; as
// fer_core/vision/draw.py and draw_live.py do on the server.

import { computeShared } from "./boxes.js";

const MAX_PANELS = 4; // in a crowd the bars would hide the faces
const WIDEST_TAG = 1.6; // times a face's width: wider ones would hide the neighbours, and the number alone stays
const READABLE = 12; // CSS pixels of the text beside the bars
const [DARK, LIGHT, DIM, PANEL] = ["#111418", "#ffffff", "#b9bfc7", "rgb(17 20 24 / .75)"];

/** Draw on `canvas`, whose size in pixels is the picture's. `faces`: with box, number, label, sure and probability. */
export function drawFaces(canvas, faces, { colors, labels }, { mirrored = false, bars = false } = {}) {
  const pen = canvas.getContext("2d");
  const { width, height } = canvas;
  const turn = ([x0, y0, x1, y1]) => (mirrored ? [width - x1, y0, width - x0, y1] : [x0, y0, x1, y1]);
  const shown = faces.map((face) => ({ ...face, box: turn(face.box) }));
  const size = chooseSize(width, height, shown);
  const colorOf = ({ label, sure }) => (sure ? colors[label] : colors.unsure);
  for (const face of shown) drawBox(pen, face.box, colorOf(face), Math.max(2, Math.floor(size / 7)));
  for (const face of shown) drawTag(pen, face, colorOf(face), size, [width, height], shown.length === 1);
  if (!bars || shown.length > MAX_PANELS) return;
  const taken = shown.map(({ box }) => box);
  const text = Math.max(width / 50, height / 50, (READABLE * width) / (canvas.clientWidth || width));
  for (const face of shown) taken.push(drawPanel(pen, face, { colors, labels, taken, picture: [width, height], size: Math.round(text) }));
}

/** Pixels of the text: readable where the picture is shown, smaller in a crowd so that it hides no face. */
function chooseSize(width, height, faces) {
  const size = Math.min(width / 30, height / 8);
  if (!faces.length) return Math.round(size);
  const heights = faces.map(({ box }) => box[3] - box[1]).sort((a, b) => a - b);
  return Math.max(Math.round(Math.min(size, Math.max(heights[heights.length >> 1] / 2, width / 45))), 12);
}

function drawBox(pen, [x0, y0, x1, y1], color, width) {
  for (const [style, line] of [[DARK, width + 2], [color, width]]) {
    pen.strokeStyle = style; // a dark edge keeps the line visible on every background
    pen.lineWidth = line;
    pen.strokeRect(x0, y0, x1 - x0, y1 - y0);
  }
}

function drawTag(pen, { box, number, label, sure }, color, size, [width, height], alone) {
  pen.font = `600 ${size}px sans-serif`;
  pen.textBaseline = "middle";
  const named = `${number} ${sure ? label : "not sure"}`;
  const fits = pen.measureText(named).width + size / 2 <= WIDEST_TAG * (box[2] - box[0]);
  const text = alone || fits ? named : String(number);
  const [wide, high] = [pen.measureText(text).width + size / 2, Math.round(1.4 * size)];
  const x = Math.min(Math.max(box[0], 0), Math.max(width - wide, 0));
  const y = box[1] >= high ? box[1] - high : Math.min(box[3], height - high);
  pen.fillStyle = color;
  pen.fillRect(x, y, wide, high);
  pen.fillStyle = chooseTextColor(color);
  pen.fillText(text, x + size / 4, y + high / 2);
}

/** Dark or light, whichever stands out more on `color` ("#rrggbb"): WCAG's relative luminance. */
export function chooseTextColor(color) {
  const luminance = [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const channel = parseInt(color.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
    return sum + weight * (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
  }, 0);
  return luminance > 0.18 ? DARK : LIGHT;
}

/** Draw the bars beside a face where they hide least, and return the place taken. */
function drawPanel(pen, { box, probability }, { colors, labels, taken, picture, size }) {
  pen.font = `${size}px sans-serif`;
  pen.textBaseline = "middle";
  const [margin, row] = [Math.max(3, Math.floor(size / 3)), Math.round(1.2 * size)];
  const start = 2 * margin + Math.max(...labels.map((label) => pen.measureText(label).width));
  const [width, height] = [start + 5 * size, labels.length * row + 2 * margin];
  const [x, y] = choosePlace(box, [width, height], picture, taken);
  pen.fillStyle = PANEL;
  pen.fillRect(x, y, width, height);
  const best = probability.indexOf(Math.max(...probability));
  labels.forEach((label, i) => {
    const top = y + margin + i * row;
    pen.fillStyle = i === best ? LIGHT : DIM;
    pen.fillText(label, x + margin, top + row / 2);
    pen.fillStyle = colors[label];
    pen.fillRect(x + start, top + row / 5, Math.max(probability[i] * (width - start - margin), 1), 0.6 * row);
  });
  return [x, y, x + width, y + height];
}

/** Where a panel beside `box` hides least of what is `taken`: right, left, below or above, inside the picture. */
function choosePlace([x0, y0, x1, y1], [width, height], picture, taken) {
  const gap = 6;
  const inside = (value, size, limit) => Math.min(Math.max(value, 0), Math.max(limit - size, 0));
  const places = [[x1 + gap, y0], [x0 - gap - width, y0], [x0, y1 + gap], [x0, y0 - gap - height]];
  const hidden = places
    .map(([x, y]) => [inside(x, width, picture[0]), inside(y, height, picture[1])])
    .map((place) => {
      const box = [...place, place[0] + width, place[1] + height];
      return { place, hides: taken.reduce((sum, other) => sum + computeShared(box, other), 0) };
    });
  return hidden.reduce((best, next) => (next.hides < best.hides ? next : best)).place;
}
