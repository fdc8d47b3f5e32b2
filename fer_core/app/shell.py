"""What all pages know of the app: its pages and the links to them, and one guard against tracebacks.

A new page is one file `pages/<name>.py` that begins with `router.start(__file__)`, and one line in PAGES.
"""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from fer_core.app.hosting import hide_folders

APP_NAME = "Seven expressions"
ROOT = Path(__file__).resolve().parents[2]
ASSETS = Path(__file__).parent / "assets"
PRESENT = "present"
"""`?present=1` at any page's address shows the lesson's slides over it."""

logger = logging.getLogger(__name__)
RUN = threading.local()
"""What this thread draws: `through_router`, the name of its `page`, its `current` st.Page (fer_core.app.router), and the
`signatures` of the folders that the page has asked for (fer_core.app.loading)."""


@dataclass(frozen=True)
class PageEntry:
    """A page: `name` is its file in pages/ and its address; `listed`: the navigation shows it."""

    name: str
    section: str
    title: str
    icon: str
    help: str
    listed: bool = True


PAGES = (
    PageEntry("overview", "", "Overview", "home", "What this is, a photo to try, and how the networks did."),
    PageEntry("predict", "Try it", "Predict", "add_a_photo", "Upload or take a photo; every face gets an answer."),
    PageEntry("video", "Try it", "Video", "movie", "A video file: every face followed, its answers over time."),
    PageEntry("live", "Try it", "Live", "videocam", "Your camera, answered as you move."),
    PageEntry(
        "game",
        "Take part",
        "You against the network",
        "sports_esports",
        "Ten faces, seven buttons: who names the label?",
    ),
    PageEntry(
        "toy", "Take part", "Play with a face", "gesture", "Turn, blur, dim or cover a face; two networks answer."
    ),
    PageEntry(
        "act", "Take part", "Act it", "theater_comedy", "Show seven expressions; the network scores three seconds."
    ),
    PageEntry(
        "room", "Take part", "Vote together", "how_to_vote", "A room that phones join, and bars that grow on the wall."
    ),
    # Whoever joins a room comes by its QR code, to this address.
    PageEntry("join", "Take part", "Join by phone", "smartphone", "Enter a room's code and vote.", listed=False),
    PageEntry("voice", "Take part", "Voice, honestly", "graphic_eq", "What a voice could add to the face, at most."),
    PageEntry("study", "Study", "The study", "menu_book", "Its table beside ours, its network, what it left open."),
    PageEntry("dataset", "Study", "Dataset", "photo_library", "FER2013: balance, pictures, crowd votes, twins."),
    PageEntry("augmentation", "Study", "Augmentation", "auto_fix_high", "What the network sees while it trains."),
    PageEntry("training", "Experiments", "Training", "show_chart", "Curves and settings of every run, side by side."),
    PageEntry("results", "Experiments", "Results", "grid_on", "Confusion matrices, classes, and the mistakes."),
    PageEntry(
        "leaderboard", "Experiments", "Leaderboard", "leaderboard", "Ours and the literature's, made comparable."
    ),
    PageEntry("robustness", "Experiments", "Robustness", "blur_on", "Accuracy on worse pictures and covered faces."),
    PageEntry("limits", "Experiments", "Limits", "flag", "Labels, training pictures, ingredients: why not better?"),
    PageEntry(
        "lesson", "Background", "Slides and report", "co_present", "A lesson with notes, and a file to take home."
    ),
    PageEntry("about", "Background", "About", "info", "Model card, responsible use, sources and licences."),
)
HOME, STORY = PAGES[0].name, "study"
"""The first page, and where the story that it ends with begins."""


def get_entry(name: str) -> PageEntry:
    """Return the navigation's entry `name`. KeyError on an unknown name."""
    return {entry.name: entry for entry in PAGES}[name]


def page(name: str) -> st.Page:
    """Return the navigation's page `name`, for st.page_link and st.switch_page. KeyError on an unknown name."""
    entry = get_entry(name)
    look = {"title": entry.title, "icon": f":material/{entry.icon}:", "help": entry.help}
    path = ROOT / "pages" / f"{name}.py"
    if name == HOME:
        return st.Page(path, **look, default=True, url_path="home")
    return st.Page(path, **look, visibility="visible" if entry.listed else "hidden")


def find_next_page() -> str | None:
    """Return the page that follows the one that is drawn now, in the order of the navigation; None after the last.

    The first page ends with the whole story, step by step: the first step follows it.
    """
    names = [entry.name for entry in PAGES if entry.listed]
    here = getattr(RUN, "page", None)
    if here == HOME:
        return STORY
    place = names.index(here) + 1 if here in names else len(names)
    return names[place] if place < len(names) else None


@contextmanager
def guard() -> Iterator[None]:
    """Show one clear message instead of a traceback, and log the details. Use it inside fragments, too.

    Errors raised by fer_core carry a sentence written for readers; of any other error only a number to look up in
    the log is shown. Streamlit's own control flow (st.stop, st.rerun) is no Exception and passes.
    """
    try:
        yield
    except Exception as error:
        number = uuid.uuid4().hex[:6]
        logger.exception("Page error %s", number)
        with st.container(key=f"page-error-{number}"):
            if type(error).__module__.startswith("fer_core"):
                st.error(shorten_paths(str(error)), icon=":material/error:", title="This page cannot show everything")
            else:
                st.error(
                    f"Reload the page or go on with another one. The server's log has the details under **{number}**.",
                    icon=":material/error:",
                    title="Something went wrong here",
                )


def shorten_paths(text: str) -> str:
    """Leave this server's folders out of a message: visitors need not know them."""
    return hide_folders(text)


def render_present_link() -> None:
    """Offer the slides over the page that is being drawn; nothing for a page that runs without the frame."""
    current = getattr(RUN, "current", None)
    if current is not None and getattr(RUN, "through_router", False):
        st.page_link(
            current, label="Present", icon=":material/slideshow:", query_params={PRESENT: "1"}, width="content"
        )
