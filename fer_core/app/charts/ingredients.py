"""What each change of a recipe is worth: judged by FER2013's labels, and by what most people see."""

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.forest import Dot, draw_forest
from fer_core.app.charts.view import View
from fer_core.app.formats import format_gap, format_points
from fer_core.app.looks import JUDGES
from fer_core.app.theme import MUTED, make_error_bars, make_figure
from fer_core.runs.ablation import AblationRow, Difference

LABELS, PEOPLE = JUDGES
AXIS = "Points of test accuracy"
APART = 0.2
"""Of a row's height, from its middle to either judge."""


def view_ingredients(rows: Sequence[AblationRow], base: str) -> View:
    """Show what each change to the recipe of `base` does to test accuracy, in points with 95 % intervals."""
    return View(partial(_make_chart, rows), _describe(rows, base), _make_table(rows), _draw(rows, base))


def _list_judged(row: AblationRow) -> Iterator[tuple[str, Difference]]:
    yield LABELS, Difference(row.difference, row.interval)
    if row.crowd is not None:
        yield PEOPLE, row.crowd


def _draw(rows: Sequence[AblationRow], base: str) -> str:
    dots: dict[str, list[Dot]] = {}
    for row in rows:
        for judge, (value, interval) in _list_judged(row):
            told = f"{row.factor}, {judge}: {format_points(value)}, 95 %: {format_gap(interval)}"
            dots.setdefault(row.factor, []).append(
                Dot(value, interval, format_points(value, unit=False), told, JUDGES[judge])
            )
    judges = dict.fromkeys(judge for row in rows for judge, _ in _list_judged(row))
    return draw_forest(
        dots, _describe(rows, base), lambda share, digits: format_points(share, digits, unit=False).lstrip("±"),
        {judge: JUDGES[judge] for judge in judges}, zero=True, title=AXIS,
    )  # fmt: skip


def _make_chart(rows: Sequence[AblationRow]) -> go.Figure:
    judged = [(place, judge, found) for place, row in enumerate(rows) for judge, found in _list_judged(row)]
    judges = list(dict.fromkeys(judge for _, judge, _ in judged))
    figure = make_figure(height=100 + 46 * max(len(rows), 2), x=AXIS, legend=len(judges) > 1)
    figure.add_vline(x=0, line={"color": MUTED, "dash": "dot", "width": 2})
    longest = max((abs(100 * found.value) for *_, found in judged), default=0)
    for i, judge in enumerate(judges):
        of_judge = [(place, found) for place, name, found in judged if name == judge]
        values = [100 * found.value for _, found in of_judge]
        figure.add_scatter(
            x=values,
            y=[place + (2 * i - 1) * APART * (len(judges) > 1) for place, _ in of_judge],
            error_x=make_error_bars(values, [(100 * low, 100 * high) for _, (_, (low, high)) in of_judge]),
            mode="markers+text",
            marker={"color": JUDGES[judge].color, "symbol": JUDGES[judge].mark, "size": 12},
            name=judge,
            text=[format_points(found.value, unit=False) for _, found in of_judge],
            textposition=[_place_text(value, longest) for value in values],
            cliponaxis=False,
            customdata=[rows[place].factor for place, _ in of_judge],
            hovertemplate=f"%{{customdata}}, {judge}: %{{x:+.1f}} points<extra></extra>",
        )
    names = [row.factor for row in rows]
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.5, -0.6], showgrid=False
    )
    return figure


def _place_text(value: float, longest: float) -> str:
    """Beside the line at zero, not on it."""
    if abs(value) > longest / 6:
        return "top center"
    return "top right" if value >= 0 else "top left"


def _describe(rows: Sequence[AblationRow], base: str) -> str:
    """Return the chart in words."""
    lines = (
        f"{row.factor} {' and '.join(f'{format_points(found.value)} by {judge}' for judge, found in _list_judged(row))}"
        for row in rows
    )
    return f"Change of {base}'s test accuracy: {'; '.join(lines)}."


def _make_table(rows: Sequence[AblationRow]) -> pd.DataFrame:
    """Return a row per change: accuracy, difference with interval by either judge, seeds and their spread."""
    return pd.DataFrame(
        {
            "Change": row.factor,
            "Experiment": row.experiment,
            "Accuracy": row.accuracy,
            "Difference": row.difference,
            "Low": row.interval[0],
            "High": row.interval[1],
            "People": row.crowd and row.crowd.value,
            "People, low": row.crowd and row.crowd.interval[0],
            "People, high": row.crowd and row.crowd.interval[1],
            "Seeds": len(row.accuracies),
            "SD": row.spread,
        }
        for row in rows
    ).astype(dict.fromkeys(("SD", "People", "People, low", "People, high"), float))
