// Every text on the page whose contrast with its background is below 4.5 (WCAG 2.1), as [text, contrast].
() => {
  const read = (color) => {
    const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
    return color.startsWith("color(srgb") ? [255 * r, 255 * g, 255 * b, a] : [r, g, b, a];
  };
  const lay = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3]));
  const linear = (value) => (value / 255 <= 0.03928 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ancestors = (element) => (element ? [element, ...ancestors(element.parentElement)] : []);
  const findGround = (element) =>
    ancestors(element).reverse().reduce((ground, e) => lay(read(getComputedStyle(e).backgroundColor), ground), [255, 255, 255]);
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    const { width, height } = element.getBoundingClientRect();
    const opacity = ancestors(element).reduce((product, e) => product * getComputedStyle(e).opacity, 1);
    // Left out: what cannot be seen or pressed, the ends of sliders (transparent until they are used), Streamlit's dots,
    // and numbers in the cells of a heatmap, whose ground is no element's background.
    if (!/\w/.test(text) || width < 2 || height < 2 || opacity < 0.05) continue;
    if (element.closest("script, style, [disabled], [aria-disabled=true], [data-testid^=stSlider], .heatmaplayer, .barlayer")) continue;
    const ground = findGround(element);
    const ink = read(getComputedStyle(element)[element.closest("svg") ? "fill" : "color"]);
    const color = lay([...ink.slice(0, 3), ink[3] * opacity], ground);
    const [dark, bright] = [luminance(color), luminance(ground)].sort((a, b) => a - b);
    const contrast = (bright + 0.05) / (dark + 0.05);
    if (contrast < 4.45) found.push([text.slice(0, 60), contrast.toFixed(2)]);
  }
  return found;
}
