"""The table of runs in the README, from the run folders: so that no number there is typed.

python -m fer_core.runs.readme_table          # writes it into README.md
"""

import re
from pathlib import Path
from statistics import mean

from fer_core.runs.artifacts import ARTIFACTS, load_runs
from fer_core.runs.leaderboard import choose_fresh, group_runs, name_groups
from fer_core.runs.run import Run

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN, END = "<!-- runs: written by python -m fer_core.runs.readme_table -->", "<!-- end of runs -->"
HEAD = (
    "| Network | Learns | FER2013's labels, one look | with the mirror image | What most people see | Parameters | Hours |\n"
    "|---|---|---|---|---|---|---|"
)


def make_table(root=ARTIFACTS) -> str:
    """Markdown, a row per experiment with whole runs on real pictures that is no variant; the crowd's networks first."""
    groups = name_groups(group_runs(load_runs(root)[0]))
    order = sorted(groups, key=lambda name: (not groups[name][0].learns_votes, -_validate(groups[name])))
    return "\n".join([HEAD, *(_make_row(groups[name], name) for name in order)])


def _validate(runs: list[Run]) -> float:
    return mean(run.metrics.validation.accuracy for run in runs)


def _make_row(runs: list[Run], name: str) -> str:
    seeds = choose_fresh(runs)
    metrics, config = [run.metrics for run in seeds], runs[0].config
    cells = [
        name if len(seeds) == 1 else f"{name}, {len(seeds)} seeds",
        "votes" if runs[0].learns_votes else "labels",
        _write([each.test for each in metrics]),
        _write([each.test_tta for each in metrics]),
        _write([each.crowd_test_tta or each.crowd_test for each in metrics]),
        f"{config.parameters / 1e6:.1f} M" if config.parameters else "–",
        _write_hours([run.config.wall_seconds for run in seeds]),
    ]
    return f"| {' | '.join(cells)} |"


def _write_hours(seconds: list[float | None]) -> str:
    return "–" if None in seconds else f"{mean(seconds) / 3600:.1f}"


def _write(scores: list) -> str:
    """One seed's accuracy with its interval; of several the mean, the lowest and the highest."""
    if None in scores:
        return "–"
    shares = [each.accuracy for each in scores]
    low, high = scores[0].accuracy_ci95 if len(scores) == 1 else (min(shares), max(shares))
    return f"{100 * mean(shares):.1f} ({100 * low:.1f} to {100 * high:.1f})"


def put_table(text: str, table: str) -> str:
    """`text` of the README with `table` between its marks. Raises ValueError without them."""
    whole = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not whole.search(text):
        raise ValueError(f"the README lacks the lines {BEGIN} and {END}")
    return whole.sub(lambda _: f"{BEGIN}\n{table}\n{END}", text)


if __name__ == "__main__":
    README.write_text(put_table(README.read_text("utf-8"), make_table()), "utf-8")
