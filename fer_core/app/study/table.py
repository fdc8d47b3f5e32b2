"""Table 1 of the study beside ours, cell by cell."""

import pandas as pd
import streamlit as st

from fer_core.app import ui
from fer_core.app.formats import format_points
from fer_core.runs.comparison import compare_table_with_paper
from fer_core.runs.paper import PAPER_TABLE
from fer_core.runs.run import Run

SPLIT_NAMES = {"train": "Train", "validation": "Valid.", "test": "Test"}


def render_paper_table(runs: list[Run]) -> None:
    """Show one card per experiment of the study: each cell as printed and, where it was run here, as reached here."""
    table, missing = compare_table_with_paper(runs), []
    grid = st.grid(3, min_column_width=280, gap="small")
    for experiment in PAPER_TABLE:
        rows = table[table["experiment"] == experiment.number]
        n_runs = int(rows["n_runs"].max())
        with grid.container(border=True, height="stretch"):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                st.subheader(f"Experiment {experiment.number}", anchor=False, width="content")
                if n_runs:
                    name = "1 run" if n_runs == 1 else f"mean of {n_runs} runs"
                    st.badge(name, icon=":material/check:", color="green")
            st.caption(f"{experiment.epochs} epochs, batches of {experiment.batch_size}")
            alt = f"Experiment {experiment.number}: the study's printed scores and ours"
            st.table(_make_cells(rows), border="horizontal", hide_index=True, alt=alt)
            if n_runs > 1:
                st.caption("± and sd: standard deviation over the runs.")
            if not n_runs:
                missing.append(experiment)
    if missing:
        numbers = " and ".join(str(experiment.number) for experiment in missing)
        st.caption(f"Printed numbers only: experiment{'s' if len(missing) > 1 else ''} {numbers}.")
    ui.how_to_reproduce(*(f"python train.py train {experiment.name}" for experiment in PAPER_TABLE))


def _make_cells(rows: pd.DataFrame) -> pd.DataFrame:
    cells = [
        {
            "Score": f"{SPLIT_NAMES[row.split]} {row.metric.replace('f1', 'F1')}",
            "Study": row.printed,
            **({"Here": _format_ours(row)} if row.n_runs else {}),
        }
        for row in rows.itertuples()
    ]
    return pd.DataFrame(cells)


def _format_ours(row) -> str:
    """Our mean and its difference in points; of several runs also their spread, and the difference in its units."""
    spread = f" ±{row.sd:.4f}" if row.n_runs > 1 else ""
    deviations = "" if pd.isna(row.deviations) else f", {abs(row.deviations):.1f} sd"
    return f"{row.ours:.4f}{spread} :gray[{format_points(row.difference, unit=False)}{deviations}]"
