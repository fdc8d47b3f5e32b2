"""The families that the study reviews, trained alike: a section of the study page."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from fer_core.app import ui
from fer_core.app.charts.families import view_accuracies, view_families
from fer_core.app.formats import format_change, format_estimate, format_many, format_percent
from fer_core.app.sentences import families as sentences
from fer_core.runs.families import (
    FAMILIES,
    RECIPES,
    FamilyRow,
    compare_families,
    list_study_steps,
    name_experiment,
)
from fer_core.runs.paired import Difference
from fer_core.runs.run import Run

THE_STUDYS = "The study's VGG"


def render_families(runs: Sequence[Run]) -> None:
    """Show the four side by side, how far each got by each recipe, and what they are made of."""
    found = compare_families(runs)
    st.markdown(ui.link_words(sentences.INTRO), width=ui.TEXT_WIDTH)
    st.markdown(sentences.describe_families(found), width=ui.TEXT_WIDTH)
    if found:
        ui.render_chart(
            view_accuracies(found),
            "study-families",
            caption="Right answers by FER2013's labels among the test pictures, one look per face. Bars: 95 % intervals over the "
            "pictures; another seed would move them further. In brackets: multiplications a picture.",
        )
        ui.render_folded_table(
            "What each costs, and how often each is right", make_table(found), "study-families-table"
        )
    ui.render_chart(
        view_families({family.title: family.steps for family in FAMILIES} | {THE_STUDYS: list_study_steps()}),
        "study-families-plans",
        caption="A bar for each layer, from the picture to the answer, as high as the maps that it makes; layers side by side are one "
        "bar. Large maps cost multiplications, dense layers parameters.",
    )
    with st.expander("What differs from their papers", icon=":material/article:"):
        st.markdown(sentences.describe_adapted(), width=ui.TEXT_WIDTH)
    names = {recipe: " ".join(name_experiment(recipe, family) for family in FAMILIES) for recipe in RECIPES}
    ui.how_to_reproduce(*(f"python train.py train {given} --seed 0" for given in names.values()))


def make_table(found: Mapping[str, Sequence[FamilyRow]]) -> pd.DataFrame:
    """A row for each network and recipe: costs, accuracies, and the differences to AlexNet with their intervals of 95 %."""
    return pd.DataFrame(
        {
            "Network": row.family.title,
            "Recipe": RECIPES[recipe],
            "Seeds": row.seeds,
            "Parameters": format_many(row.family.parameters),
            "Multiplications": format_many(row.family.multiplications),
            "Validation": format_percent(row.validation),
            "Test": format_estimate(row.measure.share, row.measure.interval),
            "Beside AlexNet": _write(row.ahead),
            "By people": _write(row.ahead_by_crowd),
        }
        for recipe, rows in found.items()
        for row in rows
    )


def _write(difference: Difference | None) -> str:
    return format_change(*difference) if difference else "–"
