"""Table 1 of the study beside ours, cell by cell."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from fer_core.app.formats import format_points
from fer_core.labels import LABELS
from fer_core.runs.comparison import TableRow, compare_mentioned, compare_table_with_paper
from fer_core.runs.paper import PAPER_REPORT, PAPER_TABLE, REPORTED, PaperExperiment
from fer_core.runs.run import Run

SPLIT_NAMES = {"train": "Train", "validation": "Val.", "test": "Test"}


def render_paper_table(runs: list[Run]) -> None:
    """Show one card per experiment of the study: each cell as printed and, where it was run, as reached here."""
    table, missing = compare_table_with_paper(runs), []
    grid = st.grid(4, min_column_width=185, gap="small")
    for experiment in PAPER_TABLE:
        cells = [cell for cell in table if cell.experiment == experiment.number]
        n_runs = max(cell.n_runs for cell in cells)
        card = grid.cell(column_span=2 if n_runs else 1)  # our columns take as much room again
        with card.container(border=True, height="stretch"):
            st.subheader(f"Experiment {experiment.number}", anchor=False)
            again = f"; {_count_runs(n_runs)}" if n_runs else ""
            st.caption(f"{experiment.epochs} epochs, batches of {experiment.batch_size}{again}")
            alt = f"Experiment {experiment.number}: the study's printed scores and ours"
            st.table(_make_cells(cells), border="horizontal", hide_index=True, alt=alt)
            made = [
                run for run in runs if run.experiment == experiment.name and not run.is_partial and not run.is_drawn
            ]
            with st.expander("Classes it names", key=f"study-classes-{experiment.number}"):
                mentions = _make_mentions(made[0]) if made else _make_printed_mentions(experiment)
                st.table(mentions, border="horizontal", hide_index=True)
            if n_runs > 1:
                st.caption("± and sd: standard deviation over the runs.")
        missing += [] if n_runs else [experiment.name]
    with st.expander(
        f"The report of experiment {REPORTED}, class by class", key="study-report", icon=":material/table:"
    ):
        st.table(_make_report(), border="horizontal", hide_index=True)
    if missing:
        with st.expander("How to run the others here", icon=":material/terminal:"):
            st.code(f"python train.py train {' '.join(missing)}", language=None)


def _count_runs(n: int) -> str:
    return "here 1 run" if n == 1 else f"here the mean of {n} runs"


def _make_cells(cells: Sequence[TableRow]) -> pd.DataFrame:
    rows = [
        {
            "Score": f"{SPLIT_NAMES[cell.split]} {cell.metric.replace('f1', 'F1')}",
            "Study": cell.printed,
            "Here": _format_ours(cell),
            "Last epoch": "–" if cell.last_epoch is None else f"{cell.last_epoch:.4f}",
        }
        for cell in cells
    ]
    empty = [] if any(cell.n_runs for cell in cells) else ["Here"]
    empty += [] if any(cell.last_epoch is not None for cell in cells) else ["Last epoch"]
    return pd.DataFrame(rows).drop(columns=empty)


def _make_mentions(run: Run) -> pd.DataFrame:
    """Scores of single classes in the study's section 6.3 beside those of a run, at the kept and at the last epoch."""
    return pd.DataFrame(
        {
            "Score": _name_score(mention.label, mention.metric),
            "Study": mention.printed,
            "Here": f"{mention.ours:.3f}",
            "Last epoch": "–" if mention.last_epoch is None else f"{mention.last_epoch:.3f}",
        }
        for mention in compare_mentioned(run)
    )


def _make_printed_mentions(experiment: PaperExperiment) -> pd.DataFrame:
    return pd.DataFrame(
        {"Score": _name_score(label, metric), "Study": printed}
        for (label, metric), printed in experiment.mentioned.items()
    )


def _name_score(label: str, metric: str) -> str:
    return f"{label} {metric.replace('f1', 'F1')}"


def _make_report() -> pd.DataFrame:
    """The seven classes of section 8's report, as printed."""
    return pd.DataFrame(
        {
            "Class": label,
            "Precision": PAPER_REPORT[label]["precision"],
            "Recall": PAPER_REPORT[label]["recall"],
            "F1": PAPER_REPORT[label]["f1"],
        }
        for label in LABELS
    )


def _format_ours(cell: TableRow) -> str:
    """Our mean and its difference in points; of several runs also their spread, and the difference in its units."""
    if cell.ours is None:
        return "–"
    spread = "" if cell.sd is None else f" ±{cell.sd:.4f}"
    deviations = "" if cell.deviations is None else f", {abs(cell.deviations):.1f} sd"
    return f"{cell.ours:.4f}{spread} :gray[{format_points(cell.difference, unit=False)}{deviations}]"
