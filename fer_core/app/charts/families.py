"""Families of networks side by side: what each gets right, and a bar for each of its layers, as high as the maps it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.marks import draw_legend
from fer_core.app.charts.measures import view_measures
from fer_core.app.charts.view import View
from fer_core.app.formats import format_many
from fer_core.app.looks import Look, make_look
from fer_core.app.theme import SERIES, make_figure
from fer_core.runs.families import CONVOLUTION, DENSE, RECIPES, Family, FamilyRow, Step

LOOKS = {CONVOLUTION: Look(SERIES[0], "square"), DENSE: Look(SERIES[1], "square")}
DENSE_HEIGHT = 10
"""Pixels: units have no height."""
STYLE = """
.families { font-size: .875rem; line-height: 1.3; margin: .25rem 0 }
.families .name { margin-top: .9rem }
.families .name span { opacity: .8; margin-left: .6rem }
.families .steps { display: flex; align-items: center; height: 52px; gap: 2px }
.families .steps span { flex: 0 1 22px; border-radius: 1px; background: var(--ink) }
"""


def view_families(networks: Mapping[str, Sequence[Step]]) -> View:
    """Show the steps of each network, by its title, from picture to answer."""
    return View(partial(_make_chart, networks), _describe(networks), _make_table(networks), _draw(networks))


def view_accuracies(found: Mapping[str, Sequence[FamilyRow]]) -> View:
    """Show how many test pictures each family gets right by each recipe, its multiplications beside its name."""
    rows = {
        RECIPES[recipe]: [replace(row.measure, name=_name(row.family)) for row in rows]
        for recipe, rows in found.items()
    }
    return view_measures(rows, {words: make_look(place) for place, words in enumerate(RECIPES.values())})


def _name(family: Family) -> str:
    return f"{family.title} ({format_many(family.multiplications)})"


def _draw(networks: Mapping[str, Sequence[Step]]) -> str:
    rows = "".join(
        f'<div class="name"><strong>{escape(title)}</strong><span>{_write_size(steps)}</span></div>'
        f'<div class="steps">{"".join(_draw_step(place, step) for place, step in enumerate(steps, 1))}</div>'
        for title, steps in networks.items()
    )
    legend = draw_legend(list(LOOKS), LOOKS, lines=False)
    return f'<div class="families" role="img" aria-label="{escape(_describe(networks))}"><style>{STYLE}</style>{legend}{rows}</div>'


def _draw_step(place: int, step: Step) -> str:
    style = f"--ink:{LOOKS[step.kind].color};height:{_measure_height(step)}px"
    return f'<span style="{style}" title="{escape(f"{place}. {_describe_step(step)}")}"></span>'


def _measure_height(step: Step) -> int:
    return step.side if step.kind == CONVOLUTION else DENSE_HEIGHT


def _describe_step(step: Step) -> str:
    maps = (
        f"{step.channels:,} maps of {step.side}×{step.side}" if step.kind == CONVOLUTION else f"{step.channels:,} units"
    )
    return f"{maps}: {format_many(step.parameters)} parameters, {format_many(step.multiplications)} multiplications"


def _write_size(steps: Sequence[Step]) -> str:
    parameters, products = (sum(getattr(step, what) for step in steps) for what in ("parameters", "multiplications"))
    return (
        f"{len(steps)} layers, {format_many(parameters)} parameters, {format_many(products)} multiplications a picture"
    )


def _make_chart(networks: Mapping[str, Sequence[Step]]) -> go.Figure:
    """Return bars around each network's own line, the first on top."""
    figure = make_figure(height=90 * len(networks) + 90, x="layer", legend=True)
    lines = {title: -64 * place for place, title in enumerate(networks)}
    for kind, look in LOOKS.items():
        bars = [
            (place, _measure_height(step), lines[title], f"{title}, {_describe_step(step)}")
            for title, steps in networks.items()
            for place, step in enumerate(steps, 1)
            if step.kind == kind
        ]
        figure.add_bar(
            x=[place for place, *_ in bars],
            y=[height for _, height, *_ in bars],
            base=[line - height / 2 for _, height, line, _ in bars],
            marker={"color": look.color},
            name=kind,
            customdata=[told for *_, told in bars],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="overlay", bargap=0.1)
    figure.update_yaxes(tickvals=list(lines.values()), ticktext=list(lines), showgrid=False, zeroline=False)
    return figure


def _describe(networks: Mapping[str, Sequence[Step]]) -> str:
    return "; ".join(f"{title}: {_write_size(steps)}" for title, steps in networks.items()) + "."


def _make_table(networks: Mapping[str, Sequence[Step]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Network": title,
            "Layer": place,
            "Kind": step.kind,
            "Maps": step.channels,
            "Side": step.side,
            "Parameters": step.parameters,
            "Multiplications": step.multiplications,
        }
        for title, steps in networks.items()
        for place, step in enumerate(steps, 1)
    )
