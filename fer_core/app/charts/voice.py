"""A face joined with an imagined voice: one curve over how good the voice is."""

import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_percent
from fer_core.app.theme import ACCENT, MUTED, SERIES, make_figure
from fer_core.runs.voice import Voice


def view_voice(found: Voice, place: int) -> View:
    """Show the curve, its ceiling and both senses alone; a mark at `place` of the skills."""
    return View(_make_voice_chart(found, place), _describe_voice(found, place))


def _make_voice_chart(found: Voice, place: int) -> go.Figure:
    skills = list(found.skills)
    lows, highs = zip(*found.fused_ci95, strict=True)
    traces = [
        go.Scatter(
            x=skills + skills[::-1], y=[*highs, *lows[::-1]], fill="toself", line={"width": 0}, opacity=0.25,
            fillcolor=ACCENT, hoverinfo="skip", name="95 % interval", showlegend=False,
        ),
        go.Scatter(
            x=skills, y=[found.compute_ceiling(skill) for skill in skills], mode="lines", name="One of them is right",
            line={"color": SERIES[1], "dash": "dot"}, hovertemplate="face or voice right: %{y:.1%}<extra></extra>",
        ),
        go.Scatter(
            x=skills, y=list(found.fused), mode="lines", name="Face and voice", line={"color": ACCENT, "width": 4},
            hovertemplate="voice alone %{x:.0%}, with the face %{y:.1%}<extra></extra>",
        ),
        go.Scatter(
            x=[skills[0], skills[-1]], y=[found.face] * 2, mode="lines", name="Face alone",
            line={"color": SERIES[2], "dash": "dash"}, hovertemplate="face alone %{y:.1%}<extra></extra>",
        ),
        go.Scatter(
            x=skills, y=skills, mode="lines", name="Voice alone", line={"color": MUTED, "dash": "longdash", "width": 1.5},
            hovertemplate="voice alone %{y:.0%}<extra></extra>",
        ),
        go.Scatter(
            x=[skills[place]], y=[found.fused[place]], mode="markers", marker={"size": 14, "color": ACCENT}, hoverinfo="skip",
            showlegend=False,
        ),
    ]  # fmt: skip
    figure = make_figure(*traces, height=440, x="How often the voice alone is right", legend=True)
    figure.update_xaxes(range=[skills[0], 1.0], tickformat=".0%")
    figure.update_yaxes(range=[0.1, 1.01], tickformat=".0%")
    height, side = _place_label(skills[place], found.face)
    figure.add_annotation(
        x=skills[place], y=height, text=f"<b>{format_percent(found.fused[place])}</b>", showarrow=False, xanchor=side,
        xshift=8 if side == "left" else -8, font={"size": 16},
    )  # fmt: skip
    return figure


def _place_label(skill: float, face: float) -> tuple[float, str]:
    """Return the height of the label and the side where it ends: no line of the chart may strike it.

    It stands below the lines of the face and clear of the diagonal, which is the voice alone.
    """
    if skill > 0.85:
        return skill - 0.25, "right"
    height = face - 0.055
    if abs(height - skill) < 0.04:
        height = skill - 0.07
    return height, "right" if height > skill else "left"


def _describe_voice(found: Voice, place: int) -> str:
    """Return the chart in words, for alt texts."""
    return (
        f"Face alone {format_percent(found.face)}. With a voice that alone is right {format_percent(found.skills[place], 0)}: "
        f"{format_percent(found.fused[place])}, and one of the two is right "
        f"{format_percent(found.compute_ceiling(found.skills[place]))} of the time."
    )
