// A finger's tap on a matrix chooses its cell at once. Plotly wants to have hovered before it reports a click, which
// a first tap has not; a mouse is left to Plotly.
const REACH = 12; // pixels; a finger that moved further was scrolling

export default function ({ data, setTriggerValue }) {
  const charts = data.charts.map((key) => `.st-key-${key}`).join();
  let start = null;
  const begin = (event) => (start = event.pointerType === "touch" ? [event.clientX, event.clientY] : null);
  const end = (event) => {
    if (!start || Math.hypot(event.clientX - start[0], event.clientY - start[1]) > REACH) return;
    const area = event.target.closest?.(charts)?.querySelector(".nsewdrag")?.getBoundingClientRect();
    if (!area) return;
    const cell = [(event.clientY - area.top) / area.height, (event.clientX - area.left) / area.width];
    const places = cell.map((share) => Math.floor(share * data.size));
    if (places.every((place) => place >= 0 && place < data.size)) setTriggerValue("cell", places);
  };
  document.addEventListener("pointerdown", begin);
  document.addEventListener("pointerup", end);
  return () => {
    document.removeEventListener("pointerdown", begin);
    document.removeEventListener("pointerup", end);
  };
}
