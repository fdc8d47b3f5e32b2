"""What the pages of a voting room say. Pure functions, no Streamlit."""

from collections.abc import Sequence

from fer_core.app.play.faces import PlayFace
from fer_core.app.play.rooms import MAX_PHONES, Room
from fer_core.labels import LABELS

PHONE_TAKEAWAY = "Look at the face on the wall, and say what you would call its expression."
KEPT = (
    f"Up to {MAX_PHONES} phones. A room holds votes and nothing about who gave them, in this server's memory; it closes after an "
    "hour."
)


def make_host_takeaway(voted: bool) -> str:
    """Open the presenter's page; `voted`: whether ten people judged its faces."""
    others = "the label, ten people and the network" if voted else "the label and the network's answer"
    return (
        "Let a whole class say what a face shows: phones join with a code, vote, and the bars grow here. "
        f"Then show {others}."
    )


def count_phones(room: Room) -> str:
    """Return "12 phones, 9 votes"."""
    phones, votes = len(room.phones), sum(room.count_votes())
    return f"**{votes}** of **{phones}** phone{'s' * (phones != 1)} voted" if phones else "No phone yet"


def describe_choice(room: Room, face: PlayFace) -> str:
    """Say what the label is and how many phones named it."""
    counts = room.count_votes()
    total = sum(counts)
    named = counts[LABELS.index(face.label)]
    return f"**The label is {face.label}.** " + (
        f"{named} of {total} phone{'s' * (total != 1)} named it." if total else "Nobody voted."
    )


def describe_standing(room: Room, faces: Sequence[PlayFace]) -> str:
    """Say how often the class's most frequent answer was the label so far; empty before the first reveal."""
    judged = [i for i in range(len(faces)) if sum(room.count_votes(i)) and (i < room.place or i in room.shown)]
    if not judged:
        return ""
    right = sum(room.find_choice(i) == faces[i].label for i in judged)
    return f"This class's most frequent answer was the label on {right} of {len(judged)} faces."
