// A face's seven answers as bars.

import { make } from "./elements.js";
import { countVotes, formatPercent } from "./wording.js";

/** Make a list with a bar for each expression. `votes`: whether it counts ten people, else it gives shares. */
export function makeBars(probability, { labels, colors, votes }) {
  const counts = votes ? countVotes(probability) : null;
  const bars = labels.map((label, i) => {
    const bar = make("span", { className: "bar" });
    bar.style.setProperty("--share", probability[i]);
    bar.style.setProperty("--color", colors[label]);
    const value = counts ? `${counts[i]} of 10` : formatPercent(probability[i]);
    return make("li", {}, make("span", {}, label), bar, make("span", { className: "value" }, value));
  });
  return make("ul", { className: "bars" }, ...bars);
}
