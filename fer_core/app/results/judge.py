"""Who says what is right: FER2013's label, or the people who voted on the same pictures."""

from collections.abc import Sequence

from fer_core.app import ui
from fer_core.runs import Run

LABELS, CROWD = "FER2013's label", "What most people see"


def choose_judge(runs: Sequence[Run]) -> bool:
    """Let the reader choose the judge of `runs`; returns True for the crowd.

    The first run's own judge comes first. Without votes there is nothing to choose.
    """
    if not runs or any(run.metrics.crowd_test is None for run in runs):
        return False
    own = runs[0].learns_votes
    # Another key for each kind of network: whoever changes the network meets its own judge again.
    key = "results-judge-votes" if own else "results-judge"
    options = [CROWD, LABELS] if own else [LABELS, CROWD]
    chosen = ui.choose_one(
        "Right is",
        options,
        key,
        help="People: the first choice of ten who voted (FER+), on the pictures that have one.",
    )
    return chosen == CROWD
