"""The leaderboard as tables. Pure functions, no Streamlit calls but the columns' formats."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from fer_core.app.formats import format_duration, format_many, format_size
from fer_core.runs.leaderboard import Cost, Entry, compute_spread

ORDERS = {
    "Accuracy": lambda entry: -entry.accuracy,
    "Year": lambda entry: (entry.year is None, -(entry.year or 0), -entry.accuracy),
    "Ours first": lambda entry: (not entry.is_ours, -entry.accuracy),
}
UNSAID = "not said"
PERCENT = st.column_config.NumberColumn(format="percent")
NARROW = 80
"""Pixels of a column whose name is shorter than its numbers: Streamlit goes by the name and cuts the numbers off."""
BOARD_COLUMNS = {
    "Accuracy": PERCENT,
    "Low": st.column_config.NumberColumn(format="percent", width=NARROW, help="Lower end of the 95 % interval"),
    "High": st.column_config.NumberColumn(format="percent", width=NARROW, help="Upper end of the 95 % interval"),
    "SD": st.column_config.NumberColumn(format="percent", help="Standard deviation over seeds"),
    "Year": st.column_config.NumberColumn(format="%d"),
    "Link": st.column_config.LinkColumn(display_text="source"),
    "Chosen on": st.column_config.TextColumn(help="Which pictures chose the epoch or the settings"),
    "Not confirmed": st.column_config.TextColumn(help="What was not read in the source itself but quoted from others"),
}


def make_board_table(entries: Sequence[Entry]) -> pd.DataFrame:
    """Return a row per entry with everything that makes it comparable; missing facts say so."""
    rows = [
        {
            "Work": f"{entry.name} (ours)" if entry.is_ours else entry.name,
            "Accuracy": entry.accuracy,
            "Low": entry.interval and entry.interval[0],
            "High": entry.interval and entry.interval[1],
            "Seeds": len(entry.seeds) or None,
            "SD": compute_spread(entry.seeds),
            "Test pictures": entry.split or UNSAID,
            "Extra data": _write(entry.extra_data),
            "Pre-training": entry.pretraining or UNSAID,
            "Ensemble": _write(entry.ensemble),
            "Test-time augmentation": _write(entry.tta),
            "Chosen on": entry.selected_on or UNSAID,
            "Year": entry.year,
            "Network": entry.network,
            "Source": entry.source,
            "Link": entry.url or None,
            "Not confirmed": entry.unconfirmed,
            "Note": entry.note,
        }
        for entry in entries
    ]
    table = pd.DataFrame(rows).astype({"Low": float, "High": float, "SD": float, "Seeds": "Int64", "Year": "Int64"})
    # Columns that say nothing for the rows shown only make the others harder to find.
    return table.dropna(axis=1, how="all")


def _write(value: bool | None) -> str:
    return UNSAID if value is None else "yes" if value else "no"


def make_cost_table(costs: Sequence[Cost]) -> pd.DataFrame:
    """Return a row per network in words: "–" where nothing is known."""
    return pd.DataFrame(
        {
            "Network": cost.title,
            "Accuracy": cost.accuracy,
            "Parameters": _say(cost.parameters, format_many),
            "Milliseconds per face": _say(cost.milliseconds, lambda value: f"{value:.2f}"),
            "Measured on": cost.processor or "–",
            "File": _say(cost.model_bytes, format_size),
            "Training": _say(cost.training_seconds, format_duration),
            "Trained on": cost.training_device or "–",
        }
        for cost in costs
    )


def _say(value, write) -> str:
    return "–" if value is None else write(value)
