"""What the command lines share."""

import os
import sys
from collections.abc import Callable
from pathlib import Path


class Failure(Exception):
    """Something the user can put right, said in one sentence."""


def is_ours(error: Exception) -> bool:
    """Whether this project's code refused something, in a sentence that is meant to be read."""
    return type(error).__module__.startswith("fer_core")


def refuse_drawn(data: str | None, out: Path, real: Path) -> None:
    """Raises Failure where `data` are drawn faces and `out` is the folder `real` of what is said about FER2013."""
    if data == "drawn" and out.resolve() == real.resolve():
        raise Failure("Drawn faces say nothing about FER2013: name another folder with --out.")


def run_command(name: str, work: Callable[[], int | None]) -> int:
    """Call `work` and return its exit code; what this project's code refuses becomes one line on stderr and code 2."""
    try:
        code = work() or 0
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `... | head` has read enough; Python would complain once more on its way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
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
