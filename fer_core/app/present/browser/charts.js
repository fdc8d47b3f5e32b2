// Plotly inside the deck: loaded once, when the deck opens, and dressed in the colours of the dashboard's theme.

const FONT = '"Source Sans 3", "Source Sans Pro", "Source Sans", "Segoe UI", Helvetica, Arial, sans-serif';

let loading = null;

/** Load plotly.min.js from this server; resolves to Plotly, or to null where there is none. */
function loadPlotly(url) {
  if (window.Plotly || !url) return Promise.resolve(window.Plotly ?? null);
  loading ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => resolve(null);
    document.head.append(script);
  });
  return loading;
}

/** Read the theme that Streamlit hands to components as CSS variables; returns a Plotly template. */
function readTemplate(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const scale = (name) => {
    const colors = read(name).split(/,(?![^(]*\))/).map((color) => color.trim()).filter(Boolean);
    return colors.map((color, i) => [i / Math.max(colors.length - 1, 1), color]);
  };
  const sequential = scale("chart-sequential-colors");
  const line = read("border-color");
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, title: { standoff: 16 } };
  return {
    layout: {
      font: { family: FONT, color: read("text-color") },
      colorscale: { sequential, diverging: scale("chart-diverging-colors") },
      xaxis: axis,
      yaxis: axis,
    },
    data: { heatmap: [{ colorscale: sequential }] },
  };
}

/** Draw a figure as large as its box. Without Plotly the box says in words what the chart shows. */
async function drawChart(box, body, plotlyUrl, tall) {
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", body.alt);
  const Plotly = await loadPlotly(plotlyUrl);
  if (!box.isConnected) return;
  if (!Plotly) {
    box.textContent = body.alt;
    return;
  }
  const figure = (tall && body.tall) || body.figure;
  const size = { width: box.clientWidth, height: box.clientHeight, autosize: false };
  const layout = { ...figure.layout, ...size, template: readTemplate(box) };
  const data = structuredClone(figure.data);
  const page = getComputedStyle(box).getPropertyValue("--st-background-color").trim();
  for (const trace of data) if (trace.meta === "strong") trace.textfont.color = page; // written on a strong colour
  await Plotly.newPlot(box, data, layout, { displayModeBar: false, responsive: false });
  box.dataset.drawn = "true";
}

function eraseChart(box) {
  if (box?.dataset.drawn && window.Plotly) window.Plotly.purge(box);
}
