"""Write the report as one HTML file that stands alone: python -m fer_core.app.report OUT.html

python -m fer_core.app.report report.html --title "..." --authors "A. One, B. Two" --date "May 2026"

Everything in it is read from the artifacts (FER_ARTIFACTS, else artifacts/).
"""

import argparse
import logging
import os
import sys
from datetime import date
from pathlib import Path

from fer_core.command import Failure, run_command

ROOT = Path(__file__).resolve().parents[3]


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT.html", help="the file to write")
    parser.add_argument("--title", default="", help="instead of the report's own")
    parser.add_argument("--authors", default="", help="who signs it, for example a course's students")
    parser.add_argument(
        "--date", default=f"{date.today().day} {date.today():%B %Y}", help="as it should be printed (default: today)"
    )
    arguments = parser.parse_args(argv)
    return run_command(
        "report", lambda: write_report(arguments.out, arguments.title, arguments.authors, arguments.date)
    )


def write_report(out: Path, title: str, authors: str, when: str) -> None:
    """Write the report to `out`. Raises Failure when it cannot be written there."""
    out = out.resolve()
    os.chdir(ROOT)  # Streamlit reads the charts' colours from .streamlit/ of the folder it is started in
    logging.getLogger("streamlit.runtime.caching.cache_data_api").addFilter(lambda record: False)  # "No runtime found"
    from fer_core.app.report.render import make_article, render_article
    from fer_core.app.story import load_story

    story = load_story()
    for problem in story.problems:
        print(f"report: {problem}", file=sys.stderr)
    page = render_article(make_article(story, title, authors, when))
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{out} cannot be written ({error.strerror}): name a file in a folder that exists.") from error
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    sys.exit(main())
