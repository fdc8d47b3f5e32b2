"""What a network's answer means, in words. Pure functions, no Streamlit.

Two kinds of networks answer here, and they answer two questions. Those taught by the crowd say how ten people would vote;
those taught by FER2013 name its label, the search word that found the picture. No sentence may mix the two.
"""

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
        if not self.votes:
            if sure:
                return label.capitalize(), f"{format_percent(share, 0)} sure"
            return "Not sure", f"Perhaps {label}, {format_percent(share, 0)}"
        votes = count_votes(probability)
        others = [f"{n} {name}" for n, name in rank(votes) if name != label and n]
        if sure:
            rest = f"; {', '.join(others)}" if others else ""
            return label.capitalize(), f"{votes[LABELS.index(label)]} of {TEN} people would say so{rest}"
        counts = ", ".join([f"{votes[LABELS.index(label)]} {label}", *others])
        return ("People would disagree" if share < self.threshold else "Not sure"), counts

    def describe_line(self, probability: Sequence[float], sure: bool) -> str:
        """Return one answer in a line: "happy, 8 of 10 people", "not sure, perhaps happy (41 %)"."""
        label, share = find_winner(probability)
        if self.votes:
            text = f"{count_votes(probability)[LABELS.index(label)]} of {TEN} people"
            return f"{label}, say {text}" if sure else f"not sure, perhaps {label} ({text})"
        if sure:
            return f"{label}, {format_percent(share, 0)}"
        return f"not sure, perhaps {label} ({format_percent(share, 0)})"


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
