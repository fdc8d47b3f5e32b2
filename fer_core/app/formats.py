"""Numbers as words: percentages with intervals, points, durations, sizes. Pure functions, no Streamlit."""

from collections.abc import Sequence

SPACE = "\u00a0"
"""No-break space between a number and its unit."""
MINUS = "\u2212"


def format_percent(share: float | None, digits: int = 1) -> str:
    """Return "66.3 %" for .663; a dash for None."""
    return "–" if share is None else f"{100 * share:.{digits}f}{SPACE}%"


def format_range(interval, digits: int = 1) -> str:
    """Return "65.2–67.4" for (.652, .674): bounds in percent."""
    low, high = interval
    return f"{100 * low:.{digits}f}–{100 * high:.{digits}f}"


def format_estimate(share: float | None, interval=None, digits: int = 1) -> str:
    """Return "66.3 % (65.2–67.4)"; without an interval the share alone."""
    text = format_percent(share, digits)
    return text if share is None or interval is None else f"{text} ({format_range(interval, digits)})"


def format_points(difference: float | None, digits: int = 1, unit: bool = True) -> str:
    """Return "+2.3 points" for a difference of .023 between two shares; without `unit` "+2.3"."""
    if difference is None:
        return "–"
    rounded = round(100 * difference, digits)
    sign = MINUS if rounded < 0 else "+" if rounded > 0 else "±"
    return f"{sign}{abs(rounded):.{digits}f}" + (f"{SPACE}points" if unit else "")


def format_gap(interval: Sequence[float], digits: int = 1) -> str:
    """Return "−1.6 to +0.4", in points, for the interval of a difference between two shares."""
    low, high = (format_points(end, digits, unit=False) for end in interval)
    return f"{low} to {high}"


def format_change(value: float, interval: Sequence[float]) -> str:
    """Return "−0.6 (−1.6 to +0.4)", in points, for a difference between two shares."""
    return f"{format_points(value, unit=False)} ({format_gap(interval)})"


def format_count(number: int) -> str:
    """Return "7,178"."""
    return f"{number:,}"


def format_many(number: float) -> str:
    """Return "1.17 M" or "43.3 M" for millions; below a million like format_count."""
    return format_count(round(number)) if number < 1e6 else f"{number / 1e6:.3g}{SPACE}M"


def format_duration(seconds: float) -> str:
    """Return "45 s", "12 min" or "3 h 20 min"."""
    if seconds < 60:
        return f"{seconds:.0f}{SPACE}s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours}{SPACE}h {minutes}{SPACE}min" if hours else f"{minutes}{SPACE}min"


def format_wait(seconds: float) -> str:
    """Return "138 ms" or, from a second on, "2.7 s"."""
    return f"{seconds:.1f}{SPACE}s" if seconds >= 1 else f"{1000 * seconds:.0f}{SPACE}ms"


def format_size(n_bytes: int) -> str:
    """Return "4.7 MB" or "812 kB"."""
    return f"{n_bytes / 1e6:.1f}{SPACE}MB" if n_bytes >= 1e6 else f"{n_bytes / 1e3:.0f}{SPACE}kB"


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Return "a, b and c", or with another word before the last."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def quote_name(name: str) -> str:
    """Return a visitor's file name as a Markdown code span: nothing in it is taken for formatting, links or icons."""
    return f"`{name.replace('`', '´').replace(chr(10), ' ').strip() or 'picture'}`"
