// A face's seven answers as bars.

import { make } from "./elements.js";

/** Make a list with a bar for each expression, faint where the picture speaks against an answer that is not `sure`. */
export function makeBars({ probability, sure }, { labels, colors, votes }, wording) {
  const shares = wording.writeShares(probability);
  const bars = labels.map((label, i) => {
    const bar = make("span", { className: "bar" });
    bar.style.setProperty("--share", probability[i]);
    bar.style.setProperty("--color", colors[label]);
    const value = votes ? `${shares[i]} of 10` : shares[i];
    return make("li", {}, make("span", {}, label), bar, make("span", { className: "value" }, value));
  });
  const faint = wording.isOverruled(Math.max(...probability), sure);
  return make("ul", { className: faint ? "bars faint" : "bars" }, ...bars);
}
