// What a slide shows below its sentence: a chart, pictures, a table, lists, the app itself, or what is missing.

const ZOOM = 1.86; // of the app inside a slide: its smallest text, 14 px, becomes 26

function make(tag, className = "", text = null) {
  const element = document.createElement(tag);
  element.className = className;
  if (text !== null) element.textContent = text;
  return element;
}

/** Set `code` between backticks as code. */
function makeText(text) {
  const paragraph = make("p");
  text.split("`").forEach((part, i) => paragraph.append(i % 2 ? make("code", "", part) : part));
  return paragraph;
}

const BODIES = {
  chart(box, body, deck) {
    const chart = make("div", "chart");
    box.append(chart);
    drawChart(chart, body, deck.plotlyUrl, deck.tall);
  },

  pictures(box, body) {
    const row = make("div", "pictures");
    for (const { src, caption } of body.pictures) {
      const figure = make("figure");
      const picture = make("img");
      picture.src = src;
      picture.alt = "";
      figure.append(picture, make("figcaption", "", caption));
      row.append(figure);
    }
    box.append(row);
  },

  table(box, body) {
    const table = make("table");
    const head = table.createTHead().insertRow();
    for (const column of body.columns) head.append(make("th", "", column));
    const rows = table.createTBody();
    body.rows.forEach((cells, i) => {
      const row = rows.insertRow();
      row.className = body.strong[i] ? "strong" : "";
      for (const cell of cells) row.insertCell().textContent = cell;
    });
    box.append(table);
  },

  lists(box, body) {
    const columns = make("div", "lists");
    for (const { title, lines } of body.lists) {
      const column = make("section");
      const list = make("ul");
      list.append(...lines.map((line) => make("li", "", line)));
      column.append(make("h2", "", title), list);
      columns.append(column);
    }
    box.append(columns);
  },

  demo(box, body, deck) {
    const bar = make("div", "switch");
    const frame = make("iframe");
    frame.allow = "camera";
    frame.title = "The app, live";
    const zoom = deck.tall ? 1 / deck.scale : ZOOM; // on a phone the app keeps its own size
    frame.style.cssText = `width:${100 / zoom}%;height:${100 / zoom}%;transform:scale(${zoom})`;
    const show = (page, button) => {
      frame.src = `${deck.root}${page.path}?embed=true`;
      for (const other of bar.children) other.ariaPressed = String(other === button);
    };
    // Presenters' remotes send PageUp and PageDown: those still turn the slides when the app has the keyboard.
    frame.onload = () => frame.contentWindow.addEventListener("keydown", (event) => {
      if (event.key.startsWith("Page")) deck.onKey(event);
    });
    for (const page of body.pages) {
      const button = make("button", "", page.label);
      button.onclick = () => show(page, button);
      bar.append(button);
    }
    const window = make("div", "frame");
    window.append(frame);
    box.append(bar, window);
    show(body.pages[0], bar.firstChild);
  },

  missing(box, body) {
    const card = make("div", "missing");
    card.append(make("h2", "", "Nothing to show yet"), makeText(body.text));
    box.append(card);
  },
};
