"""What is known about one picture of FER2013, from the dataset or, where that is missing, from a network's answers."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from fer_core.app.dataset_album import NO_MAJORITY, PARTS, Album
from fer_core.app.formats import format_percent
from fer_core.app.gallery.tiles import BLANK, COPY, CROWD, TWIN, Badge
from fer_core.data import spread_seven_votes
from fer_core.labels import LABELS
from fer_core.runs import Predictions


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture and its facts.

    `key`: "sad/PublicTest_1.jpg"; `label`: FER2013's, index into LABELS; `facts`: lines of Markdown; `badges`: what is
    odd about it; `votes`: uint8 (10,) in the order of VOTE_COLUMNS, or None with the reason in `no_votes`; `image`: uint8
    (48, 48), or None; then `stand_in` may hold a picture in its place and what that is.
    """

    key: str
    label: int
    facts: tuple[str, ...] = ()
    badges: tuple[Badge, ...] = ()
    votes: np.ndarray | None = None
    no_votes: str = ""
    image: np.ndarray | None = None
    drawn: bool = False
    stand_in: tuple[Image.Image, str] | None = None

    @property
    def alt(self) -> str:
        kind = "Drawn face" if self.drawn else "Face"
        return f"{kind} labelled {LABELS[self.label]}, {self.key.partition('/')[2]}"


def make_key(label: int, file: str) -> str:
    """Name a picture: a file's name alone is not unique in FER2013."""
    return f"{LABELS[label]}/{file}"


def find_album_badges(album: Album, row: int) -> tuple[Badge, ...]:
    """Say what is odd about a picture of the album."""
    differs = album.majority[row] not in (NO_MAJORITY, album.dataset.labels[row])
    signs = (
        (BLANK, album.blank[row]),
        (TWIN, album.twin[row]),
        (COPY, album.group[row] >= 0 and not album.twin[row]),
        (CROWD, differs),
    )
    return tuple(badge for badge, shown in signs if shown)


def make_album_picture(album: Album, row: int) -> Picture:
    """Return what the dataset says about a picture."""
    dataset = album.dataset
    facts = [f"`{_name_place(album, row)}`  \nStudy's split: {PARTS[album.part[row]]}"]
    if twins := [_name_place(album, twin) for twin in album.twins_of(row).tolist()]:
        kind = "Contradictory labels" if album.conflict[row] else "Duplicate"
        more = f" and {len(twins) - 4} more" if len(twins) > 4 else ""
        facts.append(f"**{kind}.** The same pixels: {', '.join(f'`{place}`' for place in twins[:4])}{more}")
    votes, no_votes = None, ""
    if dataset.votes is None:
        missing = "No FER+ votes here: put `ferplus_votes.csv` beside the data."
        no_votes = album.problem or ("Nobody voted on drawn faces." if dataset.drawn else missing)
    elif not dataset.votes[row].any():
        no_votes = "FER+ has no votes for this picture."
    else:
        votes = dataset.votes[row]
        facts.append(_describe_majority(album, row))
    return Picture(
        str(album.key[row]), int(dataset.labels[row]), tuple(facts), find_album_badges(album, row), votes, no_votes,
        dataset.images[row], dataset.drawn,
    )  # fmt: skip


def _name_place(album: Album, row: int) -> str:
    return f"{'test' if album.dataset.is_test[row] else 'train'}/{album.key[row]}"


def _describe_majority(album: Album, row: int) -> str:
    if album.majority[row] == NO_MAJORITY:
        return "None of the seven labels got a vote."
    share = format_percent(float(album.agreement[row]), 0)
    return f"Most people see **{LABELS[album.majority[row]]}**: their share is {share}."


def find_answer_badges(answers: Predictions, row: int) -> tuple[Badge, ...]:
    """Say what is odd about a test picture, from what is stored with the answers."""
    crowd = None if answers.ferplus is None else answers.ferplus[row]
    differs = crowd is not None and crowd not in (NO_MAJORITY, answers.fer_label[row])
    twin = answers.twin is not None and answers.twin[row]
    return tuple(badge for badge, shown in ((TWIN, twin), (CROWD, differs)) if shown)


def make_answer_picture(answers: Predictions, row: int, stand_in: tuple[Image.Image, str] | None = None) -> Picture:
    """Return what is stored about a test picture that is not on this machine."""
    label = int(answers.fer_label[row])
    key = make_key(label, str(answers.file[row]))
    voted = answers.votes is not None and answers.votes[row].any()
    return Picture(
        key, label, (f"`test/{key}`",), find_answer_badges(answers, row),
        spread_seven_votes(answers.votes[row][None])[0] if voted else None,
        "" if voted else "No votes are stored for this picture.", stand_in=stand_in,
    )  # fmt: skip
