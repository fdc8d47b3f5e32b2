"""What the study counts as its strengths (section 7.1), each beside what taking it away did. No Streamlit."""

from collections.abc import Sequence

from fer_core.app.formats import format_points
from fer_core.runs.ablation import AblationRow

STRENGTHS = {
    "quarter-no-normalisation": "Batch normalisation makes training steady",
    "quarter-no-augmentation": "Augmentation makes it general",
    "quarter-constant": "The falling learning rate lets it settle",
    "quarter-no-erasing": "Erasing prepares it for covered faces",
}
"""By the experiment that takes the strength away."""


def make_strengths(rows: Sequence[AblationRow]) -> list[tuple[str, str]]:
    """Return (claim, what was measured) for each strength that was taken away."""
    found = {row.experiment: row for row in rows}
    return [(claim, _answer(found[name])) for name, claim in STRENGTHS.items() if name in found]


def _answer(row: AblationRow) -> str:
    low, high = row.interval
    change = f"{format_points(row.difference)} without it (95 %: {format_points(low, unit=False)} to {format_points(high, unit=False)})"
    if high < 0:
        return f"Holds: {change}."
    if low > 0:
        return f"Does not hold here: {change}."
    return f"Not seen on the test pictures: {change}."
