// Pictures side by side, each one button: pressing it anywhere tells Python which, arrow keys walk between them.
function makeTile(tile, press) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tile";
  button.dataset.key = tile.key;
  button.title = [tile.alt, ...tile.badges.map((badge) => badge[1])].join("; ");
  button.setAttribute("aria-label", button.title);
  const frame = document.createElement("span");
  frame.className = "frame";
  const image = document.createElement("img");
  image.src = tile.src;
  image.alt = "";
  frame.append(image);
  for (const [symbol, meaning, tone] of tile.badges) {
    const badge = document.createElement("span");
    badge.className = `badge ${tone}`;
    badge.textContent = symbol;
    badge.title = meaning;
    frame.append(badge);
  }
  button.append(frame);
  tile.lines.forEach((line, place) => {
    const text = document.createElement("span");
    text.className = place ? "line" : "line first";
    text.textContent = line;
    button.append(text);
  });
  button.onclick = () => press(tile.key);
  return button;
}

function walk(event, grid) {
  const tiles = [...grid.children];
  const here = tiles.indexOf(event.target.closest(".tile"));
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
  if (here < 0 || !step || !tiles[here + step]) return;
  event.preventDefault();
  tiles[here + step].focus();
}

export default function ({ data, parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".tiles");
  const shown = JSON.stringify(data.tiles);
  if (grid.shown !== shown) {
    grid.shown = shown;
    grid.style.setProperty("--narrowest", `${data.narrowest}px`);
    grid.style.setProperty("--columns", data.columns);
    grid.replaceChildren(...data.tiles.map((tile) => makeTile(tile, (key) => setTriggerValue("pressed", key))));
    grid.onkeydown = (event) => walk(event, grid);
  }
  // On a phone the pictures lie below what was pressed to choose them.
  if (grid.reveal !== undefined && grid.reveal !== data.reveal && innerWidth < 640) {
    grid.scrollIntoView({ behavior: "smooth", block: "center" });
  }
  grid.reveal = data.reveal;
}
