// Draw every figure from the data beside it. Their width is that of the column, the same on screen and on A4.
for (const box of document.querySelectorAll(".plot")) {
  const figure = JSON.parse(box.nextElementSibling.textContent);
  Plotly.newPlot(box, figure.data, figure.layout, { displayModeBar: false, responsive: true });
}
document.getElementById("print").addEventListener("click", () => window.print());
