"""The four families that the study reviews, trained alike, in words. Pure functions, no Streamlit."""

from collections.abc import Mapping, Sequence

from fer_core.app.formats import format_change, format_estimate, format_percent, join_words
from fer_core.runs.families import CHAMPION, FAMILIES, RECIPES, FamilyRow

INTRO = (
    "The study reviews four well-known networks and takes its yardstick from Gan (2018), where an AlexNet beats the other three. "
    "Here they are rebuilt for FER2013's small pictures, to be trained in two ways: as the study says Gan did (20 passes at a "
    "constant rate of 0.001), and by a stronger recipe (20 passes, a rate that falls from 0.02, momentum and weight decay). Both take "
    "the study's split and its augmentation without the vertical flip; batches of 128 are our choice."
)
HARDLY = 0.02
"""A network has hardly learned that is no further above always naming the largest class."""
UNREAD = "Gan's paper was not at hand. The recipe is what the study says of it; by how much the others fell behind it does not say."


def describe_families(found: Mapping[str, Sequence[FamilyRow]]) -> str:
    """Say whether the champion wins by each recipe, which networks are missing, and what the comparison rests on."""
    answers = [_describe_recipe(recipe, rows) for recipe, rows in found.items()]
    return "\n\n".join([*answers, f"{_describe_missing(found)}{UNREAD}"])


def describe_adapted() -> str:
    """Say what had to change in each network for pictures of 48x48 pixels, with its paper."""
    return "\n".join(f"- **[{family.title}]({family.url})** ({family.year}) {family.adapted}." for family in FAMILIES)


def _describe_recipe(recipe: str, rows: Sequence[FamilyRow]) -> str:
    champion = next((row for row in rows if row.family.key == CHAMPION), None)
    if champion is None:
        told = ", ".join(f"{row.family.title} {format_percent(row.measure.share)}" for row in rows)
        return f"By {RECIPES[recipe]}: {told}. AlexNet is not among them yet."
    others = [row for row in rows if row.ahead]
    opening = (
        f"By {RECIPES[recipe]} AlexNet gets {format_estimate(champion.measure.share, champion.measure.interval)} right, where always "
        f"naming the largest class gets {format_percent(champion.floor)}"
    )
    if not others:
        return f"{opening}; the others are not trained yet."
    gaps = ", ".join(f"{row.family.title} {format_change(*row.ahead)}" for row in others)
    text = f"**{_judge(others)}** {opening}. Beside it on the same pictures, in points: {gaps}."
    judged = [row for row in others if row.ahead_by_crowd]
    if judged:
        text += f" By what most people see: {', '.join(f'{row.family.title} {format_change(*row.ahead_by_crowd)}' for row in judged)}."
    if slow := [row for row in rows if row.unfinished]:
        whose = "each of them" if len(slow) == len(rows) else join_words([row.family.title for row in slow])
        text += (
            f" Validation was best in the last two passes for {whose}: at so low a rate {slow[0].epochs} passes measure who "
            "learns fastest, not who learns most."
        )
    if stuck := [row.family.title for row in rows if row.measure.share - row.floor < HARDLY]:
        text += f" {join_words(stuck)} hardly {'leaves' if len(stuck) == 1 else 'leave'} that floor; of the four only ResNet-18 normalises its batches."
    seeds = {row.seeds for row in rows}
    return f"{text} {'One seed each.' if seeds == {1} else ''}".strip()


def _judge(others: Sequence[FamilyRow]) -> str:
    ahead = [row for row in others if row.ahead.interval[0] > 0]
    behind = [row for row in others if row.ahead.interval[1] < 0]
    if ahead:
        best = max(ahead, key=lambda row: row.ahead.value)
        return f"AlexNet does not win here: {best.family.title} is ahead of it."
    if len(behind) == len(others):
        return f"AlexNet wins here, too, against {join_words([row.family.title for row in others])}."
    level = [row.family.title for row in others if row not in behind]
    return f"AlexNet is not clearly ahead here: {join_words(level)} {'is' if len(level) == 1 else 'are'} level with it."


def _describe_missing(found: Mapping[str, Sequence[FamilyRow]]) -> str:
    trained = {recipe: {row.family for row in rows} for recipe, rows in found.items()}
    missing = [
        f"{family.title} by {words}"
        for recipe, words in RECIPES.items()
        if recipe in trained
        for family in FAMILIES
        if family not in trained[recipe]
    ]
    missing += [f"all four by {words}" for recipe, words in RECIPES.items() if recipe not in trained]
    return f"Not trained here yet: {join_words(missing)}. " if missing else ""
