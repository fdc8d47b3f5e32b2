"""The game's rules: ten faces, one guess each, and who was right by which judge. No Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from fer_core.app.play.faces import PlayFace
from fer_core.labels import LABELS

YOU, NETWORK, CROWD = "You", "Network", "Ten people"


@dataclass(eq=False)
class Game:
    """One visitor's game. `answers`: the network's probabilities (n, 7); `guesses`: the visitor's, as far as given.

    `revealed`: whether the last guess has been judged and its face still stands there.
    """

    number: int
    faces: Sequence[PlayFace]
    answers: np.ndarray
    guesses: list[str] = field(default_factory=list)
    revealed: bool = False

    def guess(self, label: str) -> None:
        """Take the visitor's guess for the face that stands there; ignored where none is asked for."""
        if label in LABELS and not self.revealed and not self.is_over:
            self.guesses.append(label)
            self.revealed = True

    def go_on(self) -> None:
        """Turn to the next face, or to the end."""
        self.revealed = False

    @property
    def place(self) -> int:
        """Which face stands there, from 0."""
        return len(self.guesses) - self.revealed

    @property
    def is_over(self) -> bool:
        return self.place >= len(self.faces)

    @property
    def has_crowd(self) -> bool:
        """Whether people were asked about these faces."""
        return any(face.votes is not None for face in self.faces)

    def list_names(self, place: int) -> dict[str, str | None]:
        """Return who called face `place` what; None where ten people tie. Without votes they are left out."""
        face = self.faces[place]
        named = {YOU: self.guesses[place], NETWORK: LABELS[int(self.answers[place].argmax())]}
        return named | ({CROWD: face.crowd} if face.votes is not None else {})

    def count_right(self) -> dict[str, int]:
        """Count, of the faces judged so far, who named the label."""
        return self._count(lambda face: face.label, range(len(self.guesses)))

    def count_with_crowd(self) -> tuple[dict[str, int], int]:
        """Count who named what most people see, and of how many faces that can be said."""
        places = [place for place in range(len(self.guesses)) if self.faces[place].crowd]
        right = self._count(lambda face: face.crowd, places)
        right.pop(CROWD, None)
        return right, len(places)

    def list_united(self) -> list[int]:
        """Return the places of the faces on which at least eight of ten people agree."""
        return [place for place in range(len(self.guesses)) if self.faces[place].is_united]

    def _count(self, find_truth, places) -> dict[str, int]:
        names = [YOU, NETWORK, *([CROWD] if self.has_crowd else [])]
        counts = dict.fromkeys(names, 0)
        for place in places:
            for name, label in self.list_names(place).items():
                counts[name] += label == find_truth(self.faces[place])
        return counts
