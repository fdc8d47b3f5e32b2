// Contrast evened out exactly as Pillow does it (ImageOps.equalize and ImageOps.autocontrast), for the second look of
// fer_core/vision/cascade.py. Patches are RGB bytes, three for each pixel.

const LEVELS = 256;

function count(values, start, step) {
  const histogram = new Int32Array(LEVELS);
  for (let i = start; i < values.length; i += step) histogram[values[i]]++;
  return histogram;
}

const clip = (value) => Math.min(Math.max(Math.trunc(value), 0), 255);

/** Spread the values of each channel evenly. */
export function equalise(patch) {
  const result = new Uint8Array(patch.length);
  for (let channel = 0; channel < 3; channel++) {
    const table = makeEqualTable(count(patch, channel, 3));
    for (let i = channel; i < patch.length; i += 3) result[i] = table[patch[i]];
  }
  return result;
}

function makeEqualTable(histogram) {
  const used = histogram.filter((n) => n > 0);
  const step = Math.floor((used.reduce((sum, n) => sum + n, 0) - used.at(-1)) / 255);
  if (used.length <= 1 || !step) return Uint8Array.from({ length: LEVELS }, (_, i) => i);
  let sum = Math.floor(step / 2);
  return Uint8Array.from(histogram, (n) => {
    const value = clip(Math.floor(sum / step));
    sum += n;
    return value;
  });
}

/** Make grey, leave the darkest and the brightest `cutoff` percent of the pixels out, and stretch what lies between. */
export function stretchGrey(patch, cutoff) {
  const grey = new Uint8Array(patch.length / 3);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = (patch[3 * i] * 19595 + patch[3 * i + 1] * 38470 + patch[3 * i + 2] * 7471 + 0x8000) >> 16;
  }
  const histogram = count(grey, 0, 1);
  const most = Math.trunc((grey.length * cutoff) / 100);
  cut(histogram, most, (i) => i);
  cut(histogram, most, (i) => LEVELS - 1 - i);
  const [low, high] = [histogram.findIndex((n) => n > 0), histogram.findLastIndex((n) => n > 0)];
  const scale = 255 / (high - low);
  const table = Uint8Array.from({ length: LEVELS }, (_, i) => (high > low ? clip(i * scale - low * scale) : i));
  return patch.map((_, i) => table[grey[Math.trunc(i / 3)]]);
}

function cut(histogram, most, place) {
  for (let i = 0, left = most; i < LEVELS && left > 0; i++) {
    const taken = Math.min(left, histogram[place(i)]);
    histogram[place(i)] -= taken;
    left -= taken;
  }
}
