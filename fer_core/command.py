"""What the command lines share."""

import sys
from collections.abc import Callable


class Failure(Exception):
    """Something the user can put right, said in one sentence."""


def run_command(name: str, work: Callable[[], int | None]) -> int:
    """Call `work` and return its exit code; what this project's code refuses becomes one line on stderr and code 2."""
    try:
        return work() or 0
    except Exception as error:
        if not type(error).__module__.startswith("fer_core"):
            raise
        print(f"{name}: {error}", file=sys.stderr)
        return 2
