// What a network's answer means, in words: fer_core/app/wording.py.

const TEN = 10;

/** `votes`: the network learned how ten people vote, else FER2013's labels; not sure below `threshold`. */
export class Wording {
  constructor({ votes, threshold, labels }) {
    Object.assign(this, { votes, threshold, labels });
  }

  /** Return [headline, detail]: ["Happy", "8 of 10 people would say so; 2 neutral"]. */
  describe(probability, sure) {
    const share = Math.max(...probability);
    const label = this.labels[probability.indexOf(share)];
    if (this.isOverruled(share, sure)) return ["Not sure", `It would say ${label}, but does not trust this picture`];
    if (!this.votes) {
      if (sure) return [capitalize(label), `${formatPercent(share)} sure`];
      return ["Not sure", `Perhaps ${label}, ${formatPercent(share)}`];
    }
    const own = this.writeShares(probability)[this.labels.indexOf(label)];
    const others = countVotes(probability)
      .map((n, i) => [n, this.labels[i]])
      .filter(([n, name]) => n && name !== label)
      .sort((a, b) => b[0] - a[0])
      .map(([n, name]) => `${n} ${name}`);
    if (sure) return [capitalize(label), `${own} of ${TEN} people would say so${others.length ? `; ${others.join(", ")}` : ""}`];
    return ["People would disagree", [`${own} ${label}`, ...others].join(", ")];
  }

  /** Enough votes, but something about the picture speaks against the answer. */
  isOverruled(share, sure) {
    return !sure && share >= this.threshold;
  }

  /** Seven shares as votes or percent; votes that would stand on the line get a decimal, cut off: 4.9 lies below it. */
  writeShares(probability) {
    if (!this.votes) return probability.map(formatPercent);
    const onTheLine = (n) => n === TEN * this.threshold;
    return countVotes(probability).map((n, i) => (onTheLine(n) ? (Math.floor(10 * TEN * probability[i]) / 10).toFixed(1) : `${n}`));
  }
}

/** Share ten votes out in proportion to seven shares: whole parts first, then the largest remainders. */
export function countVotes(probability) {
  const total = probability.reduce((sum, value) => sum + value, 0);
  const exact = probability.map((value) => (TEN * value) / total);
  const votes = exact.map(Math.floor);
  const rest = exact.map((value, i) => value - votes[i]);
  const order = [...exact.keys()].sort((a, b) => rest[b] - rest[a] || exact[b] - exact[a]);
  const missing = TEN - votes.reduce((sum, n) => sum + n, 0);
  for (const i of order.slice(0, missing)) votes[i] += 1;
  return votes;
}

const capitalize = (word) => word[0].toUpperCase() + word.slice(1);

export const formatPercent = (share) => `${Math.round(100 * share)}\u00a0%`;
