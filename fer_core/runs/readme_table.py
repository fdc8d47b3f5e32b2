"""The table of runs in the README, from the run folders: so that no number there is typed.

python -m fer_core.runs.readme_table          # writes it into README.md
"""

import re
from pathlib import Path

from fer_core.runs.artifacts import ARTIFACTS, load_runs
from fer_core.runs.leaderboard import is_variant
from fer_core.runs.naming import name_runs
from fer_core.runs.run import Run

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN, END = "<!-- runs: written by python -m fer_core.runs.readme_table -->", "<!-- end of runs -->"
HEAD = (
    "| Network | Learns | FER2013's labels, one look | with the mirror image | What most people see | Parameters | Hours |\n"
    "|---|---|---|---|---|---|---|"
)


def make_table(root=ARTIFACTS) -> str:
    """Markdown, a row for each whole run on real pictures that is no variant of another; the crowd's networks first."""
    runs = [run for run in load_runs(root)[0] if not (run.is_drawn or run.is_partial or is_variant(run))]
    names = name_runs(runs)
    runs.sort(key=lambda run: (not run.learns_votes, -run.metrics.validation.accuracy))
    return "\n".join([HEAD, *(_make_row(run, names[run.name]) for run in runs)])


def _make_row(run: Run, name: str) -> str:
    metrics, config = run.metrics, run.config
    crowd = metrics.crowd_test_tta or metrics.crowd_test
    cells = [
        name,
        "votes" if run.learns_votes else "labels",
        _write(metrics.test),
        _write(metrics.test_tta),
        _write(crowd),
        f"{config.parameters / 1e6:.1f} M" if config.parameters else "–",
        f"{config.wall_seconds / 3600:.1f}" if config.wall_seconds else "–",
    ]
    return f"| {' | '.join(cells)} |"


def _write(scores) -> str:
    if scores is None:
        return "–"
    low, high = scores.accuracy_ci95
    return f"{100 * scores.accuracy:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def put_table(text: str, table: str) -> str:
    """`text` of the README with `table` between its marks. Raises ValueError without them."""
    whole = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not whole.search(text):
        raise ValueError(f"the README lacks the lines {BEGIN} and {END}")
    return whole.sub(lambda _: f"{BEGIN}\n{table}\n{END}", text)


if __name__ == "__main__":
    README.write_text(put_table(README.read_text("utf-8"), make_table()), "utf-8")
