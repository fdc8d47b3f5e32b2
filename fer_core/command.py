"""What the command lines share."""

import sys
from collections.abc import Callable


class Failure(Exception):
    """Something the user can put right, said in one sentence."""


def is_ours(error: Exception) -> bool:
    """Whether this project's code refused something, in a sentence that is meant to be read."""
    return type(error).__module__.startswith("fer_core")


def run_command(name: str, work: Callable[[], int | None]) -> int:
    """Call `work` and return its exit code; what this project's code refuses becomes one line on stderr and code 2."""
    try:
        return work() or 0
    except Exception as error:
        if not is_ours(error):
            raise
        print(f"{name}: {error}", file=sys.stderr)
        return 2


def format_duration(seconds: float) -> str:
    """1 h 05 min, 3 min 20 s, 12 s."""
    seconds = round(seconds)
    if seconds >= 3600:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"
    return f"{seconds // 60} min {seconds % 60:02d} s" if seconds >= 60 else f"{seconds} s"
