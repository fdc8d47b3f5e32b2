"""What the pages to take part in say. Pure functions, no Streamlit."""

from collections.abc import Mapping

from fer_core.app.formats import format_percent
from fer_core.app.play.game import CROWD, NETWORK, YOU, Game
from fer_core.app.play.toy import CORRUPTIONS_OF, Knobs
from fer_core.runs.artifacts import Run
from fer_core.runs.corruptions import CORRUPTIONS
from fer_core.runs.robustness import Robustness

GAME_DRAWN = (
    "FER2013 with its votes is not on this server, so nine faces are drawn and one is a free photo. Nobody voted on them, and drawings are "
    "hard for a network that learned from photos."
)
GAME_REAL = (
    "The faces are test pictures of FER2013: no network here learned from them, and ten people judged each (FER+)."
)
MARKS = {True: "■", False: "□"}


def make_game_takeaway(voted: bool) -> str:
    """Open the game's page; `voted`: whether ten people judged its faces."""
    people = ", what ten people said," if voted else ""
    return f"Ten faces: what would you call each expression? Then see the label{people} and what the network says."


def describe_score(right: Mapping[str, int], asked: int) -> str:
    """Return "You **2** · Network **3** · Ten people **3** of 4"."""
    return " · ".join(f"{name} **{count}**" for name, count in right.items()) + f" of {asked}"


def describe_face(game: Game, place: int) -> str:
    """Say what the label is and who named it."""
    face, named = game.faces[place], game.list_names(place)
    right = [name for name, label in named.items() if label == face.label]
    what = f"**The label is {face.label}.** "
    if len(right) == len(named):
        return what + ("Both of you named it." if len(named) == 2 else "All of you named it.")
    if not right:
        return what + ("Neither of you named it." if len(named) == 2 else "None of you named it.")
    return what + f"{_join(['you' if name == YOU else _phrase(name) for name in right]).capitalize()} named it."


def describe_votes(game: Game, place: int) -> str:
    """Say how united ten people are about a face, and what its votes do not count."""
    face = game.faces[place]
    if face.votes is None:
        return f"Nobody voted on this face: {face.source}."
    most, rest = int(face.votes.max()), 10 - int(face.votes.sum())
    united = f"{most} of ten people agree" if most > 5 else f"People are divided: at most {most} of ten agree"
    unsaid = f"; {rest} chose none of the seven" if rest > 0 else ""
    return f"{united}{unsaid}. {face.source}."


def describe_end(game: Game) -> str:
    """Say what the ten faces have shown: what people agree on, and what a label is worth elsewhere."""
    if not game.has_crowd:
        return (
            "These labels say what each face was drawn to show, so there is a right answer. Photos have none: with FER2013 at "
            "hand this game shows how often ten people disagree with the label."
        )
    united, n = game.list_united(), len(game.guesses)
    same = {name: sum(game.list_names(i)[name] == game.faces[i].crowd for i in united) for name in (YOU, NETWORK)}
    odd = [i for i in united if game.faces[i].label != game.faces[i].crowd]
    text = (
        f"On **{len(united)} of these {n} faces** at least eight of ten people agree. There you said the same "
        f"{_times(same[YOU])}, the network {_times(same[NETWORK])}. "
    )
    if odd:
        text += f"On {len(odd)} of them they agree on something other than the label. "
    if len(united) < n:
        text += f"On the other {n - len(united)} people are divided, and the label is one opinion among several."
    return text.strip()


def describe_everybody(agreement: float | None, run: Run) -> str:
    """Set the ten faces beside all test pictures; `agreement`: the share of labels that most people name, None unknown."""
    labels = run.as_served().as_judged(by_crowd=False).test
    people = f"most people name the label on {format_percent(agreement)}, " if agreement is not None else ""
    return f"On all {labels.n:,} test pictures {people}the network on {format_percent(labels.accuracy)}."


def describe_crowd_score(game: Game) -> str:
    """Score the game by what most people see instead of the label; empty where nobody was asked."""
    right, n = game.count_with_crowd()
    if not n:
        return ""
    return f"Judged by what most people see, on the {n} faces with a clear first choice: {describe_score(right, n)}."


def write_share(game: Game, address: str) -> str:
    """Write the result as a text to send: scores, a mark per face, the way to the same faces."""
    right = game.count_right()
    scores = [f"me {right[YOU]}", f"network {right[NETWORK]}"] + (
        [f"ten people {right[CROWD]}"] if CROWD in right else []
    )
    marks = "".join(MARKS[game.guesses[i] == face.label] for i, face in enumerate(game.faces))
    return (
        f"Seven expressions, game {game.number}: {', '.join(scores)} of {len(game.faces)}\n{marks}\n{address}".strip()
    )


def _phrase(name: str) -> str:
    return {NETWORK: "the network", CROWD: "most people"}[name]


def _join(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


TOY_TAKEAWAY = (
    "Turn a face, blur it, dim it, cover its mouth, and watch two networks change their minds. What you do by hand, "
    "augmentation does to training pictures, and the robustness page to all test pictures."
)
DONE = {
    "turn": "turned by {:.0f}°", "blur": "blurred by {:.1f} pixels", "light": "{:+.0f} grey levels of light",
    "disc": "a disc of {:.0f} pixels on it", "upside": "upside down",
}  # fmt: skip


def describe_knobs(knobs: Knobs) -> str:
    """Say what was done to a face: "Turned by 30°, blurred by 1.0 pixels"."""
    done = [DONE[name].format(getattr(knobs, name)) for name in knobs.moved]
    return (", ".join(done) or "as it was").capitalize()


def describe_measured(knobs: Knobs, measured: Mapping[str, Robustness]) -> str:
    """Say what the robustness page measured nearest to what was done, where one slider alone was moved."""
    if knobs.moved == ["upside"]:
        return (
            "The study turns half of its training faces upside down, so its network has seen this; ours keep them upright. "
            "[Augmentation](augmentation) shows what both see."
        )
    if len(knobs.moved) != 1 or knobs.moved[0] not in CORRUPTIONS_OF or not measured:
        return (
            "One face proves nothing: [Robustness](robustness) has the same on all test pictures, "
            "[Augmentation](augmentation) shows what networks see while they train."
        )
    slider = knobs.moved[0]
    corruption = CORRUPTIONS[CORRUPTIONS_OF[slider]]
    amount = getattr(knobs, slider) if corruption.is_signed else abs(getattr(knobs, slider))
    shares = []
    for name, found in measured.items():
        points = found.curves[corruption.name]
        nearest = min(points, key=lambda point: abs(point.strength - amount))
        shares.append(f"{name} {format_percent(nearest.accuracy, 0)}")
    return (
        f"Measured nearest to that, on the test pictures: {corruption.title.lower()} {nearest.strength:+g} ({corruption.unit}) "
        f"leaves {_join(shares)} right. [Robustness](robustness) has the rest."
    )
