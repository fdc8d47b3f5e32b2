// The save menu: a button for each kind of file. Pictures are drawn here, because a server without a browser cannot.

const FONT = '"Segoe UI", Helvetica, Arial, sans-serif'; // as files.py: pictures bring no web font
const INK = "#171410";
const GREY = "#5c564d";
/** Sizes in pixels: a slide as large as a projector, and the picture of a page. */
const SLIDE = { width: 1920, height: 1080, pad: 56, title: 52, text: 28 };
const PAGE = { width: 960, pad: 28, title: 24, text: 14 };
/** How much larger a chart gets on a slide; tall ones less, so that their labels keep their distance. */
const LARGEST = 2.1;

let loading = null;

function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { loading = null; reject(new Error("Plotly did not arrive")); };
    document.head.append(script);
  });
  return loading;
}

/** Break a text into lines that fit; `font` as CSS writes it. */
function wrap(text, font, width) {
  const context = document.createElement("canvas").getContext("2d");
  context.font = font;
  const lines = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Say where each line stands: title and networks from the top, note and source from the bottom. */
function place(words, size) {
  const width = size.width - 2 * size.pad;
  const lines = [];
  let top = size.pad;
  const add = (text, points, weight, color) => {
    for (const line of wrap(text, `${weight} ${points}px ${FONT}`, width)) {
      top += points;
      lines.push({ text: line, y: top, points, weight, color });
      top += 0.3 * points;
    }
  };
  add(words.title, size.title, 600, INK);
  add(words.about, size.text, 400, GREY);
  const chartTop = top + 0.5 * size.text;
  const above = lines.length;
  add(words.note, size.text, 400, GREY);
  add(words.source, size.text, 400, GREY);
  const below = top - (chartTop - 0.5 * size.text) + size.pad;
  const height = size.height ?? chartTop + size.chart + below;
  const shift = height - below + 0.3 * size.text - (chartTop - 0.5 * size.text);
  lines.forEach((line, i) => { if (i >= above) line.y += shift; });
  return { lines, chartTop, chartHeight: Math.round(height - below - chartTop), height: Math.round(height) };
}

async function drawChart(figure, plotlyUrl, width, height, format, scale) {
  const Plotly = await loadPlotly(plotlyUrl);
  const box = document.createElement("div");
  box.style.cssText = "position:fixed;left:-9999px;top:0";
  document.body.append(box); // Plotly measures text only where it is in the page
  try {
    const { data, layout } = structuredClone(figure);
    Object.assign(layout, { width, height, autosize: false });
    await Plotly.newPlot(box, data, layout, { staticPlot: true });
    return await Plotly.toImage(box, { format, width, height, scale });
  } finally {
    Plotly.purge(box);
    box.remove();
  }
}

async function makePng(data) {
  const layout = place(data.words, SLIDE);
  const width = SLIDE.width - 2 * SLIDE.pad;
  const scale = Math.min(LARGEST, layout.chartHeight / data.height);
  const size = [Math.round(width / scale), Math.round(layout.chartHeight / scale)];
  const address = await drawChart(data.figure, data.plotly_url, ...size, "png", scale);
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: SLIDE.width, height: SLIDE.height });
  const context = canvas.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, SLIDE.pad, layout.chartTop, width, layout.chartHeight);
  for (const line of layout.lines) {
    context.font = `${line.weight} ${line.points}px ${FONT}`;
    context.fillStyle = line.color;
    context.fillText(line.text, SLIDE.pad, line.y);
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function escapeText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

async function makeSvg(data) {
  const size = { ...PAGE, chart: data.height };
  const layout = place(data.words, size);
  const width = size.width - 2 * size.pad;
  const address = await drawChart(data.figure, data.plotly_url, width, layout.chartHeight, "svg", 1);
  const chart = decodeURIComponent(address.slice(address.indexOf(",") + 1));
  const texts = layout.lines.map((line) =>
    `<text x="${size.pad}" y="${line.y}" font-size="${line.points}" font-weight="${line.weight}" fill="${line.color}">` +
    `${escapeText(line.text)}</text>`);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${layout.height}" ` +
    `viewBox="0 0 ${size.width} ${layout.height}" font-family='${FONT.replaceAll('"', "")}'>` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${texts.join("")}` +
    `<g transform="translate(${size.pad} ${layout.chartTop})">${chart}</g></svg>`;
  return new Blob([svg], { type: "image/svg+xml" });
}

async function makeHtml(data) {
  const answer = await fetch(data.plotly_url);
  if (!answer.ok) throw new Error("Plotly did not arrive");
  const plotly = (await answer.text()).replaceAll("</script", "<\\/script");
  const figure = JSON.stringify({ data: data.figure.data, layout: { ...data.figure.layout, autosize: true } });
  const { title, about, note, source } = Object.fromEntries(
    Object.entries(data.words).map(([name, text]) => [name, escapeText(text)]));
  const page =
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${title}</title><style>body{max-width:960px;margin:2rem auto;padding:0 1rem;background:#fff;color:${INK};` +
    `font-family:${FONT}}p{color:${GREY}}h1{font-size:1.5rem}</style><h1>${title}</h1><p>${about}</p><div id="chart"></div>` +
    `<p>${note}</p><p>${source}</p><script>${plotly}<\/script><script>const f=${figure.replaceAll("<", "\\u003c")};` +
    `Plotly.newPlot("chart",f.data,f.layout,{responsive:true,displaylogo:false})<\/script></html>`;
  return new Blob([page], { type: "text/html" });
}

const KINDS = {
  "PNG for slides (16:9)": ["png", makePng],
  SVG: ["svg", makeSvg],
  "Interactive HTML": ["html", makeHtml],
  CSV: ["csv", async (data) => new Blob([data.csv], { type: "text/csv" })],
};

function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000); // a phone may still be asking where to put it
}

export default function ({ parentElement, data }) {
  const menu = parentElement.querySelector(".save");
  menu.replaceChildren();
  const problem = document.createElement("p");
  problem.setAttribute("role", "status");
  for (const option of data.options) {
    const [ending, make] = KINDS[option];
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: option });
    button.addEventListener("click", async () => {
      button.disabled = true;
      problem.textContent = "";
      try {
        download(await make(data), `${data.name}.${ending}`);
      } catch {
        problem.textContent = "That did not work. Reload the page and try again.";
      } finally {
        button.disabled = false;
      }
    });
    menu.append(button);
  }
  menu.append(problem);
}
