// Pictures as bytes, and the few things done to them exactly as Pillow does them on the server, rounding included:
// both sides then show the networks the same pixels (Pillow's src/libImaging: Resample.c, Reduce.c, Geometry.c).

/** A picture: `data` holds height x width x channels bytes, row by row; three channels (RGB) or one (grey). */
export class Picture {
  constructor(width, height, channels, data = new Uint8ClampedArray(width * height * channels)) {
    Object.assign(this, { width, height, channels, data });
  }

  /** From a canvas's bytes, four for each pixel. */
  static fromRgba(width, height, rgba) {
    const picture = new Picture(width, height, 3, new Uint8Array(width * height * 3));
    for (let from = 0, to = 0; to < picture.data.length; from += 4, to += 3) {
      picture.data[to] = rgba[from];
      picture.data[to + 1] = rgba[from + 1];
      picture.data[to + 2] = rgba[from + 2];
    }
    return picture;
  }

  get size() {
    return [this.width, this.height];
  }
}

/** Round halves to the even number, as Python does. */
export function round(value) {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}

const triangle = (x) => Math.max(1 - Math.abs(x), 0);
const box = (x) => (x > -0.5 && x <= 0.5 ? 1 : 0);
function cubic(x) {
  const t = Math.abs(x);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
}
export const BOX = { weigh: box, support: 0.5 };
export const BILINEAR = { weigh: triangle, support: 1 };
export const BICUBIC = { weigh: cubic, support: 2 };

const BITS = 22; // of the fixed-point weights
const HALF = 1 << (BITS - 1);

/** Show the part `frame` (x0, y0, x1, y1; fractions allowed) of a picture at another size; antialiased. */
export function resize(picture, [width, height], filter, frame = [0, 0, ...picture.size]) {
  const [x0, y0, x1, y1] = frame;
  let result = picture;
  if (width !== picture.width || x0 || x1 !== width) result = resizeRows(result, x0, x1, width, filter);
  if (height !== picture.height || y0 || y1 !== height) result = resizeColumns(result, y0, y1, height, filter);
  return result;
}

/** For each new pixel: which old ones count (`first`, `count`), and how much (`weights`, `most` for each). */
function computeWeights(size, start, end, wanted, { weigh, support }) {
  const scale = (end - start) / wanted;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const most = Math.ceil(reach) * 2 + 1;
  const first = new Int32Array(wanted);
  const count = new Int32Array(wanted);
  const weights = new Int32Array(wanted * most);
  for (let i = 0; i < wanted; i++) {
    const centre = start + (i + 0.5) * scale;
    const from = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const to = Math.min(Math.trunc(centre + reach + 0.5), size);
    const exact = [];
    for (let x = from; x < to; x++) exact.push(weigh((x - centre + 0.5) / stretch));
    const total = exact.reduce((sum, weight) => sum + weight, 0) || 1;
    exact.forEach((weight, j) => {
      const fixed = (weight / total) * 2 ** BITS;
      weights[i * most + j] = Math.trunc(fixed + (fixed < 0 ? -0.5 : 0.5));
    });
    first[i] = from;
    count[i] = to - from;
  }
  return { first, count, weights, most };
}

function resizeRows(picture, start, end, width, filter) {
  const computed = computeWeights(picture.width, start, end, width, filter);
  const result = new Picture(width, picture.height, picture.channels);
  if (picture.channels === 3) resizeColoredRows(picture, result, computed);
  else resizeGreyRows(picture, result, computed);
  return result;
}

/** All three channels at once: live video's largest piece of work outside of the networks. */
function resizeColoredRows({ width, height, data }, result, { first, count, weights, most }) {
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < result.width; x++, to += 3) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      const start = x * most;
      const stop = start + count[x];
      for (let k = start, from = 3 * (y * width + first[x]); k < stop; k++, from += 3) {
        const weight = weights[k];
        red += data[from] * weight;
        green += data[from + 1] * weight;
        blue += data[from + 2] * weight;
      }
      result.data[to] = red >> BITS; // clamped to 0..255 by the array
      result.data[to + 1] = green >> BITS;
      result.data[to + 2] = blue >> BITS;
    }
  }
}

function resizeGreyRows({ width, height, data }, result, { first, count, weights, most }) {
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < result.width; x++, to++) {
      let sum = HALF;
      for (let k = 0; k < count[x]; k++) sum += data[y * width + first[x] + k] * weights[x * most + k];
      result.data[to] = sum >> BITS;
    }
  }
}

function resizeColumns(picture, start, end, height, filter) {
  const { first, count, weights, most } = computeWeights(picture.height, start, end, height, filter);
  const { width, channels, data } = picture;
  const row = width * channels;
  const result = new Picture(width, height, channels);
  const sums = new Int32Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]; k++) {
      const weight = weights[y * most + k];
      const from = (first[y] + k) * row;
      for (let i = 0; i < row; i++) sums[i] += data[from + i] * weight;
    }
    for (let i = 0, to = y * row; i < row; i++, to++) result.data[to] = sums[i] >> BITS;
  }
  return result;
}

/** Make blocks of `across` x `down` pixels into one pixel each; those at the border may be smaller. */
export function reduce(picture, across, down = across) {
  const { width, height, channels, data } = picture;
  const result = new Picture(Math.ceil(width / across), Math.ceil(height / down), channels);
  let to = 0;
  for (let top = 0; top < height; top += down) {
    const bottom = Math.min(top + down, height);
    for (let left = 0; left < width; left += across) {
      const right = Math.min(left + across, width);
      const pixels = (bottom - top) * (right - left);
      const factor = Math.floor(2 ** 24 / pixels);
      for (let c = 0; c < channels; c++) {
        let sum = pixels >> 1;
        for (let y = top; y < bottom; y++) {
          for (let x = left, from = (y * width + left) * channels + c; x < right; x++, from += channels) sum += data[from];
        }
        result.data[to++] = Math.floor((sum * factor) / 2 ** 24);
      }
    }
  }
  return result;
}

/** Cut whole pixels out; black beyond the picture. */
export function crop(picture, x0, y0, x1, y1) {
  const { width, height, channels, data } = picture;
  const result = new Picture(x1 - x0, y1 - y0, channels);
  const left = Math.max(x0, 0);
  const right = Math.min(x1, width);
  if (right <= left) return result;
  for (let y = Math.max(y0, 0); y < Math.min(y1, height); y++) {
    const row = data.subarray((y * width + left) * channels, (y * width + right) * channels);
    result.data.set(row, ((y - y0) * result.width + left - x0) * channels);
  }
  return result;
}

/** Take the given columns and rows; those beyond the picture repeat its border. */
export function pick(picture, columns, rows) {
  const { width, height, channels, data } = picture;
  const result = new Picture(columns.length, rows.length, channels);
  const clip = (value, size) => Math.min(Math.max(value, 0), size - 1);
  let to = 0;
  for (const y of rows) {
    const row = clip(y, height) * width;
    for (const x of columns) {
      const from = (row + clip(x, width)) * channels;
      for (let c = 0; c < channels; c++) result.data[to++] = data[from + c];
    }
  }
  return result;
}

/** ITU-R 601 luma. */
export function toGrey(picture) {
  const grey = new Picture(picture.width, picture.height, 1);
  const { data } = picture;
  for (let to = 0, from = 0; to < grey.data.length; to++, from += 3) {
    grey.data[to] = (data[from] * 19595 + data[from + 1] * 38470 + data[from + 2] * 7471 + 0x8000) >> 16;
  }
  return grey;
}

/** Turn counterclockwise by 90, 180 or 270 degrees. */
export function turnQuarters(picture, degrees) {
  const { width, height, channels, data } = picture;
  const [wide, high] = degrees === 180 ? [width, height] : [height, width];
  const result = new Picture(wide, high, channels);
  const find = {
    90: (x, y) => [width - 1 - y, x],
    180: (x, y) => [width - 1 - x, height - 1 - y],
    270: (x, y) => [y, height - 1 - x],
  }[degrees];
  let to = 0;
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const [column, row] = find(x, y);
      for (let c = 0; c < channels; c++) result.data[to++] = data[(row * width + column) * channels + c];
    }
  }
  return result;
}

/** Turn counterclockwise by any angle; black beside the picture. `expand`: in a frame that holds the whole of it. */
export function rotate(picture, degrees, { expand = false, smooth = false } = {}) {
  const angle = (-(((degrees % 360) + 360) % 360) * Math.PI) / 180;
  const [a, b] = [clean(Math.cos(angle)), clean(Math.sin(angle))];
  const turn = (x, y, [dx, dy]) => [a * x + b * y + dx, -b * x + a * y + dy];
  let { width, height } = picture;
  const centre = [width / 2, height / 2];
  const offset = turn(-centre[0], -centre[1], [0, 0]);
  let shift = [offset[0] + centre[0], offset[1] + centre[1]];
  if (expand) {
    const corners = [[0, 0], [width, 0], [width, height], [0, height]].map(([x, y]) => turn(x, y, shift));
    const measure = (axis) => {
      const values = corners.map((corner) => corner[axis]);
      return Math.ceil(Math.max(...values)) - Math.floor(Math.min(...values));
    };
    const [wide, high] = [measure(0), measure(1)];
    shift = turn(-(wide - width) / 2, -(high - height) / 2, shift);
    [width, height] = [wide, high];
  }
  const result = new Picture(width, height, picture.channels);
  const sample = smooth ? sampleCubic : sampleLinear;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += picture.channels) {
      const [fromX, fromY] = turn(x + 0.5, y + 0.5, shift);
      const inside = fromX >= 0 && fromY >= 0 && fromX < picture.width && fromY < picture.height;
      if (inside) sample(picture, fromX - 0.5, fromY - 0.5, result.data, to);
    }
  }
  return result;
}

const clean = (value) => Number(value.toFixed(15));

function sampleLinear({ width, height, channels, data }, x, y, result, to) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [dx, dy] = [x - left, y - top];
  const columns = [Math.max(left, 0), Math.min(left + 1, width - 1)];
  const rows = [Math.max(top, 0), Math.min(top + 1, height - 1)];
  for (let c = 0; c < channels; c++) {
    const at = (column, row) => data[(row * width + column) * channels + c];
    const upper = at(columns[0], rows[0]) * (1 - dx) + at(columns[1], rows[0]) * dx;
    const lower = at(columns[0], rows[1]) * (1 - dx) + at(columns[1], rows[1]) * dx;
    result[to + c] = Math.floor(upper * (1 - dy) + lower * dy + 1e-9);
  }
}

function sampleCubic({ width, height, channels, data }, x, y, result, to) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const clip = (value, size) => Math.min(Math.max(value, 0), size - 1);
  for (let c = 0; c < channels; c++) {
    const lines = [-1, 0, 1, 2].map((j) => {
      const row = clip(top + j, height) * width;
      return blend([-1, 0, 1, 2].map((i) => data[(row + clip(left + i, width)) * channels + c]), x - left);
    });
    result[to + c] = Math.floor(Math.min(Math.max(blend(lines, y - top), 0), 255));
  }
}

/** The cubic through four points (a = -1), `d` of the way from the second to the third. */
function blend([p0, p1, p2, p3], d) {
  return p1 + d * (p2 - p0 + d * (2 * (p0 - p1) + p2 - p3 + d * (p1 - p0 + p3 - p2)));
}
