"""The parts of the robustness page that need Streamlit."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import streamlit as st

from fer_core.app import ui
from fer_core.app.charts import robustness as charts
from fer_core.app.charts.cards import Card, draw_cards
from fer_core.app.charts.marks import draw_legend
from fer_core.app.charts.small_curves import draw_corruption
from fer_core.app.charts.ten import view_ten
from fer_core.app.formats import format_percent
from fer_core.app.looks import Look
from fer_core.app.pictures import make_data_url, make_sheet
from fer_core.app.sentences import robustness as sentences
from fer_core.app.sentences import robustness_pairs as pairs
from fer_core.labels import LABELS
from fer_core.runs.corruptions import CORRUPTIONS, Corruption
from fer_core.runs.disturbed import Answers
from fer_core.runs.robustness_records import Robustness

ACCURACY, LOST = "Accuracy", "Lost against clean pictures"
PERCENT = st.column_config.NumberColumn(format="percent")
TURNED = "rotation"


def render_nothing(missing: Sequence[str]) -> None:
    """Say what is to be measured, or trained first."""
    if missing:
        ui.empty_state("Not measured yet", sentences.describe_missing(missing), icon="blur_on")
    else:
        ui.empty_state(
            "No network to measure yet",
            f"Train one with `python train.py train compact`, then run `{sentences.COMMAND}`.",
            icon="model_training",
        )


def render_ten(
    measured: Mapping[str, Robustness], answers: Mapping[str, Answers], looks: Mapping[str, Look], by_crowd: bool,
    practice: str,
) -> None:  # fmt: skip
    """Show what a visitor's photo suffers from in ten cases, and the first two networks compared picture by picture.

    `practice`: who was trained on such pictures.
    """
    ui.section(
        "Ten bad photos",
        "Soft, noisy, dark, pale, small and covered faces: what goes wrong in photos, as ten cases and one number.",
        anchor="ten",
    )
    if pair := _find_pair(measured, answers):
        st.markdown(f"{pairs.describe_ten(*pair, by_crowd)} {practice}", width=ui.TEXT_WIDTH)
    elif practice:
        st.markdown(practice, width=ui.TEXT_WIDTH)
    shown = ui.choose_one("Show", [ACCURACY, LOST], key="robustness-show")
    ui.render_chart(
        view_ten(measured, looks, shown == LOST),
        "robustness-ten",
        caption="Bars: 95 % intervals over the pictures. Lost: against the same pictures, clean.",
    )


def _find_pair(measured: Iterable[str], answers: Mapping[str, Answers]) -> tuple[str, str, Answers, Answers] | None:
    """Of the networks named: the first whose answers were kept, and the next that answered the same test pictures."""
    names = [name for name in measured if name in answers]
    fitting = [name for name in names[1:] if np.array_equal(answers[name].label, answers[names[0]].label)]
    return (names[0], fitting[0], answers[names[0]], answers[fitting[0]]) if fitting else None


def render_upside_down(
    measured: Mapping[str, Robustness], answers: Mapping[str, Answers], looks: Mapping[str, Look], by_crowd: bool,
    label: str,
) -> None:  # fmt: skip
    """Tell what training on upside-down faces did."""
    ui.section("Upside down", sentences.describe_upside_down(measured), anchor="upside-down")
    first, *others = measured
    others.sort(key=lambda name: -measured[name].curves[TURNED][-1].accuracy)  # the first beside who bears it best
    if (pair := _find_pair([first, *others], answers)) and (text := pairs.describe_upside_down(*pair, by_crowd)):
        st.markdown(text, width=ui.TEXT_WIDTH)
    ui.render_drawing(draw_legend(list(measured), looks), "robustness-turned-legend")
    turned = _make_card(CORRUPTIONS[TURNED], measured, looks, by_crowd, label)
    ui.render_drawing(draw_cards([turned]), "robustness-turned")


def render_curves(
    measured: Mapping[str, Robustness], answers: Mapping[str, Answers], looks: Mapping[str, Look], by_crowd: bool,
    label: str,
) -> None:  # fmt: skip
    """Show a card per corruption under one legend: worse pictures, then covered faces."""
    first, pair = next(iter(measured)), _find_pair(measured, answers)
    ui.section("Worse pictures", sentences.describe_worst(first, measured[first]), anchor="pictures")
    ui.render_drawing(draw_legend(list(measured), looks), "robustness-legend")
    plain = [c for c in CORRUPTIONS.values() if not c.is_occlusion and c.name != TURNED]
    cards = [_make_card(c, measured, looks, by_crowd, label) for c in plain]
    ui.render_drawing(draw_cards(cards), "robustness-pictures")
    if pair and (text := pairs.describe_strongest(*pair, by_crowd, occluded=False)):
        st.markdown(text, width=ui.TEXT_WIDTH)
    ui.section(
        "Covered faces",
        "The study names these as its limit. The part is filled with the picture's mean grey, from a strip to all of it.",
        anchor="covered",
    )
    cards = [_make_card(c, measured, looks, by_crowd, label) for c in CORRUPTIONS.values() if c.is_occlusion]
    ui.render_drawing(draw_cards([*cards, _make_summary(measured, pair, by_crowd)]), "robustness-covered")
    floor = None if by_crowd else charts.compute_floor(list(measured.values()))
    dotted = f" Dotted: always naming the largest class, {format_percent(floor, 0)}." if floor else ""
    st.caption(f"Bars: 95 % intervals.{dotted}")


def _make_summary(measured: Mapping[str, Robustness], pair, by_crowd: bool) -> Card:
    """The last card among the covered faces: what covering costs."""
    compared = pairs.describe_strongest(*pair, by_crowd, occluded=True) if pair else ""
    return Card("What covering costs", text=[sentences.describe_covered(measured), *([compared] if compared else [])])


def _make_card(
    corruption: Corruption, measured: Mapping[str, Robustness], looks: Mapping[str, Look], by_crowd: bool, label: str
) -> Card:  # fmt: skip
    """What the strengths look like on the drawn face, above the curve that they give."""
    floor = None if by_crowd else charts.compute_floor(list(measured.values()))
    return Card(
        corruption.title,
        sheet=_make_examples(corruption, label),
        sheet_alt=f"A drawn {label} face, untouched and with {corruption.title.lower()} in every strength of the chart.",
        drawing=draw_corruption(corruption, measured, floor, looks),
        line=sentences.describe_card(corruption, measured),
    )


@lru_cache(maxsize=len(CORRUPTIONS) * len(LABELS))
def _make_examples(corruption: Corruption, label: str) -> str:
    """Return the sheet of examples as a data URL, drawn once for all visitors."""
    examples = sentences.make_examples(corruption, label)
    return make_data_url(make_sheet(examples, len(examples)))


def render_classes(measured: Mapping[str, Robustness]) -> None:
    """Show which expressions a network loses first, by FER2013's labels, and all numbers."""
    ui.section(
        "Which expressions go first",
        "Points of recall that each class loses or wins against untouched pictures, by FER2013's labels. A class wins where "
        "the network falls back on naming it.",
        anchor="classes",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = st.selectbox("Network", list(measured), key="robustness-network", bind="query-params", width=320)
        level = ui.choose_one("Strengths", list(charts.LEVELS), default="Most harmful", key="robustness-level")
    view = charts.view_classes(measured, name, level)
    ui.render_chart(
        view,
        "robustness-classes",
        caption="Disgust has so few pictures that its recall moves by several points by chance.",
    )
    ui.render_folded_table(
        "All numbers", view.table, "robustness-table",
        column_config=dict.fromkeys(view.table.columns[3:], PERCENT), placeholder="–",
        alt="Accuracy, interval, loss and recall per class for every corruption and strength.",
    )  # fmt: skip
