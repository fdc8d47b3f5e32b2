"""What the way from a photo to an answer costs: faces found, framed and turned upright, from its own artifact."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from fer_core.app import ui
from fer_core.app.charts.tilt import view_tilts
from fer_core.app.faces.pipeline import describe_change, is_about, is_clear
from fer_core.app.formats import format_count, format_percent, format_points, format_range
from fer_core.app.loading import load_runs
from fer_core.app.ui import Metric
from fer_core.runs.pipeline import COMMAND, Framings, PipelinePart, PipelineReport, Tilt, Upright
from fer_core.runs.run import Run

NEVER = 90


def describe_pipeline(report: PipelineReport | None) -> str:
    """Return the finding in two sentences."""
    if report is None:
        return "The scores above are for crops as FER2013 gives them."
    test = report.test
    told = "changes accuracy by" if is_clear(test) else "makes no measurable difference:"
    return (
        "The scores above are for faces cropped as in FER2013. On a photo the face has to be found and framed first. On the "
        f"same test faces that {told} **{describe_change(test)}**."
    )


def render_pipeline(report: PipelineReport | None, run: Run | None) -> None:
    """Show what finding and framing cost, what turning upright gains, and how both were chosen."""
    if report is None:
        ui.empty_state(
            "Not measured yet", "What finding and framing a face costs was not measured.", icon="center_focus_weak"
        )
        ui.how_to_reproduce(COMMAND)
        return
    if run is None or not is_about(report, run):
        st.caption(f"Measured with another network: {load_runs().names.get(report.run, report.run)}.")
    test, validation = report.test, report.validation
    change, _, span = describe_change(test).partition(" (")
    ui.metric_row(
        [
            Metric("Given crops", format_percent(test.given.accuracy), format_range(test.given.ci95)),
            Metric("Found and framed", format_percent(test.pipeline.accuracy), format_range(test.pipeline.ci95)),
            Metric(
                "Difference" if is_clear(test) else "No clear difference", change, span.rstrip(")"),
                help="Found and framed minus given: below zero, finding and framing cost something. Paired: both answers "
                "are about the same faces. Below, its 95 % interval; with zero in it, there may be no difference at all.",
            ),
            Metric(
                "Faces found", format_percent(test.n_found / test.n), f"of {format_count(test.n)}",
                help="FER2013's pictures end at the face; their border was repeated to make photos of them.",
            ),
        ]
    )  # fmt: skip
    judged = "Right is what most people see. " if report.by_crowd else ""
    st.caption(
        f"{judged}Test pictures, enlarged, with their border repeated. On validation pictures: given "
        f"{format_percent(validation.given.accuracy)}, found and framed "
        f"{format_percent(validation.pipeline.accuracy)}. Where no face is found the visitor marks it by hand. Counted as "
        f"the given crop, all {format_count(test.n)} test pictures give {_describe_by_hand(test)}.",
        width=ui.TEXT_WIDTH,
    )
    _render_upright(report.upright)
    with st.expander("How the frame was chosen", icon=":material/crop:"):
        _render_framings(report.framing, validation.n_found)


def _describe_by_hand(test: PipelinePart) -> str:
    found, given = format_percent(test.pipeline_by_hand.accuracy), format_percent(test.given_all.accuracy)
    return f"{found}, with or without finding and framing" if found == given else f"{found} instead of {given}"


def _render_upright(upright: Upright) -> None:
    rows = upright.tilts
    st.markdown(_describe_upright(upright), width=ui.TEXT_WIDTH)
    ui.render_chart(
        view_tilts(rows),
        "about-tilt",
        caption=f"Validation faces that were made to lean. Found: {_list_found(rows)}.",
    )


def _describe_upright(upright: Upright) -> str:
    if upright.in_use >= NEVER:
        return "Leaning heads are read as they are: turning them upright did not help on validation pictures."
    row = max(upright.tilts, key=lambda row: row.difference_ci95[0])
    low, high = row.difference_ci95
    return (
        f"Heads that lean by {upright.in_use:.0f}° or more, by the line between their eyes, are turned upright before "
        f"they are read. At a tilt of {row.tilt:.0f}° that gains **{format_points(row.difference)}** "
        f"(95 %: {format_points(low, unit=False)} to {format_points(high, unit=False)}).{describe_price(upright)}"
        + _describe_other_choice(upright)
    )


def _describe_other_choice(upright: Upright) -> str:
    """Say what turning from another angle on would give, where the validation pictures prefer that with this network."""
    right = {option.from_degrees: format_percent(option.accuracy) for option in upright.options}
    if upright.chosen == upright.in_use or not {upright.chosen, upright.in_use} <= right.keys():
        return ""
    those = "every head, however little it leans," if upright.chosen == 0 else f"those from {upright.chosen:.0f}° on"
    return (
        f" Turning {those} would read {right[upright.chosen]} of the leaning validation faces rightly, instead of "
        f"{right[upright.in_use]}."
    )


def describe_price(upright: Upright) -> str:
    """Say what turning does to heads that do not lean: the line between the eyes is sometimes found askew."""
    straight = next((row for row in upright.tilts if row.tilt == 0), None)
    if straight is None or straight.difference >= 0:
        return ""
    low, high = straight.difference_ci95
    if high >= 0:
        change, span = (
            format_points(straight.difference, 2),
            f"{format_points(low, 2, unit=False)} to {format_points(high, 2, unit=False)}",
        )
        return f" What it costs heads that do not lean cannot be told from nothing: {change} ({span})."
    return (
        f" It has a price: heads that do not lean lose **{format_points(-straight.difference, 2).lstrip('+')}** "
        f"({format_points(low, 2, unit=False)} to {format_points(high, 2, unit=False)}), where the line between the eyes is "
        "found askew."
    )


def _list_found(rows: Sequence[Tilt]) -> str:
    return ", ".join(f"{format_percent(row.n_found / row.n, 0)} at {row.tilt:.0f}°" for row in rows)


def _write_shift(shift: float, digits: int = 2) -> str:
    """Write how far down a frame is moved, in sides of the box."""
    if not round(shift, digits):
        return "not moved"
    return f"{abs(shift):.{digits}f} sides {'lower' if shift > 0 else 'higher'}"


def _render_framings(framing: Framings, n_found: int) -> None:
    fitted, used = framing.fitted, framing.in_use
    st.markdown(
        f"A detector's box is not FER2013's frame. On {format_count(framing.n_train)} training pictures the true frame "
        f"has, in the median, {fitted.scale:.3f} times the box's side, and its middle lies {_write_shift(fitted.shift_y, 3)}. "
        f"Beside it, {len(framing.options)} frames were compared on {format_count(n_found)} validation faces. In use: "
        f"{used.scale:.2f} times the side, {_write_shift(used.shift_y)}"
        + (
            "."
            if used == framing.chosen
            else f"; with this network the choice would be {framing.chosen.scale:.2f} times, {_write_shift(framing.chosen.shift_y)}."
        ),
        width=ui.TEXT_WIDTH,
    )
    table = pd.DataFrame([option.to_plain() for option in framing.options]).sort_values("loss", ignore_index=True)
    table["in use"] = [
        all(row[key] == side for key, side in used.to_plain().items()) for row in table.to_dict("records")
    ]
    ui.render_folded_table(
        "All frames",
        table[["scale", "shift_y", "accuracy", "loss", "in use"]],
        "about-frames",
        column_config={
            "scale": st.column_config.NumberColumn("Side", help="In sides of the detector's box", format="%.3f"),
            "shift_y": st.column_config.NumberColumn("Lower by", help="In sides of the detector's box", format="%.3f"),
            "accuracy": st.column_config.NumberColumn("Validation accuracy", format="percent"),
            "loss": st.column_config.NumberColumn(
                "Loss",
                help="Mean log loss. Of those that the pictures cannot tell from the smallest, the most accurate is chosen",
                format="%.4f",
            ),
            "in use": st.column_config.CheckboxColumn("In use"),
        },
        alt=f"{len(table)} frames with their validation accuracy and loss, the best first",
    )
