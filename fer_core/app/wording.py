"""What a network's answer means, in words. Pure functions, no Streamlit.

Two kinds of networks answer here, and they answer two questions. Those taught by the crowd say how ten people would vote;
those taught by FER2013 name its label, the search word that found the picture. No sentence may mix the two.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fer_core.app.formats import format_percent
from fer_core.labels import LABELS

TEN = 10


@dataclass(frozen=True)
class Wording:
    """How a network's answers are put: `votes` of ten people, or labels; not sure below the share `threshold`."""

    votes: bool = False
    threshold: float = 0.0

    @property
    def meaning(self) -> str:
        """What an answer is, and is not, in one sentence."""
        if self.votes:
            return "It says what ten people would call a face, not what a person feels."
        return "It names FER2013's label, a search word that people checked, not what a person feels."

    @property
    def bars(self) -> str:
        """What the numbers at the bars are."""
        return "Votes of ten people." if self.votes else "Percent: how probable each label is."

    @property
    def dotted(self) -> str:
        """What the dotted line of the bars says; nothing where there is none."""
        if not self.threshold:
            return ""
        if self.votes:
            return "Dotted line: five votes of ten. Below it people are divided."
        return "Dotted line: below it an answer counts as not sure."

    def describe(self, probability: Sequence[float], sure: bool) -> tuple[str, str]:
        """Return (headline, detail) of one answer: ("Happy", "8 of 10 people would say so; 2 neutral").

        `sure` is off below the threshold, and where something about the picture speaks against the answer.
        """
        label, share = find_winner(probability)
        if self.is_overruled(share, sure):
            return "Not sure", f"It would say {label}, but does not trust this picture"
        if not self.votes:
            if sure:
                return label.capitalize(), f"{format_percent(share, 0)} sure"
            return "Not sure", f"Perhaps {label}, {format_percent(share, 0)}"
        votes, own = count_votes(probability), self.write_shares(probability)[LABELS.index(label)]
        others = [f"{n} {name}" for n, name in rank(votes) if name != label and n]
        if sure:
            rest = f"; {', '.join(others)}" if others else ""
            return label.capitalize(), f"{own} of {TEN} people would say so{rest}"
        return "People would disagree", ", ".join([f"{own} {label}", *others])

    def describe_line(self, probability: Sequence[float], sure: bool) -> str:
        """Return one answer in a line: "happy, 8 of 10 people", "not sure, perhaps happy (41 %)"."""
        label, _ = find_winner(probability)
        own = self.write_shares(probability)[LABELS.index(label)]
        if self.votes:
            text = f"{own} of {TEN} people"
            return f"{label}, say {text}" if sure else f"not sure, perhaps {label} ({text})"
        return f"{label}, {own}" if sure else f"not sure, perhaps {label} ({own})"

    def is_overruled(self, share: float, sure: bool) -> bool:
        """Tell whether the answer has enough votes, but something about the picture speaks against it."""
        return not sure and share >= self.threshold

    def write_shares(self, probability: Sequence[float]) -> list[str]:
        """Write seven shares: "8" votes of ten, or "83 %".

        Those that whole votes would put on the dotted line get a decimal, cut off: 4.9 lies below it.
        """
        if not self.votes:
            return [format_percent(float(share), 0) for share in probability]
        return [
            f"{math.floor(10 * TEN * share) / 10:.1f}" if n == TEN * self.threshold else str(n)
            for n, share in zip(count_votes(probability), map(float, probability), strict=True)
        ]


def find_winner(probability: Sequence[float]) -> tuple[str, float]:
    """Return the likeliest of LABELS and its share."""
    place = int(np.argmax(probability))
    return LABELS[place], float(probability[place])


def count_votes(probability: Sequence[float]) -> list[int]:
    """Share ten votes out in proportion to seven shares: whole parts first, then the largest remainders.

    The winner gets at least as many as anybody else.
    """
    exact = TEN * np.asarray(probability, dtype=float) / np.sum(probability)
    votes = np.floor(exact).astype(int)
    # Ties go to the likelier class, so that the winner never ends behind.
    order = np.lexsort((-exact, -(exact - votes)))
    votes[order[: TEN - votes.sum()]] += 1
    return votes.tolist()


def rank(votes: Sequence[int]) -> list[tuple[int, str]]:
    """Return (votes, label) from most to fewest."""
    return sorted(zip(votes, LABELS, strict=True), key=lambda pair: -pair[0])
