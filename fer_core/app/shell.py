"""The frame around every page: navigation, sidebar, page width, and one guard against tracebacks.

A new page is one file `pages/<name>.py` that begins with `shell.start(__file__)`, and one line in PAGES.
"""

import logging
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from fer_core.app import _compat
from fer_core.app.history import keep_views
from fer_core.app.hosting import hide_folders
from fer_core.app.memory import collect_garbage, guard_memory

APP_NAME = "Seven expressions"
ROOT = Path(__file__).resolve().parents[2]
MAIN_SCRIPT = ROOT / "streamlit_app.py"
ASSETS = Path(__file__).parent / "assets"
PAGE_WIDTH = 1180
"""Pixels. Wider lines and charts are harder to read; narrower screens shrink it."""

PRESENT = "present"
"""`?present=1` at any page's address shows the lesson's slides over it."""

logger = logging.getLogger(__name__)
_run = threading.local()
guard_memory()


@dataclass(frozen=True)
class PageEntry:
    """A page in the navigation: `name` is its file in pages/ and its address."""

    name: str
    section: str
    title: str
    icon: str
    help: str


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
    PageEntry(
        "join", "Take part", "Join by phone", "smartphone", "Enter a room's code and vote on the face on the wall."
    ),
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
HOME = PAGES[0].name


def get_entry(name: str) -> PageEntry:
    """Return the navigation's entry `name`. KeyError on an unknown name."""
    return {entry.name: entry for entry in PAGES}[name]


def page(name: str) -> st.Page:
    """Return the navigation's page `name`, for st.page_link and st.switch_page. KeyError on an unknown name."""
    entry = get_entry(name)
    icon = f":material/{entry.icon}:"
    path = ROOT / "pages" / f"{name}.py"
    if name == HOME:
        return st.Page(path, title=entry.title, icon=icon, help=entry.help, default=True, url_path="home")
    return st.Page(path, title=entry.title, icon=icon, help=entry.help)


def find_next_page() -> str | None:
    """Return the page that follows the one that is drawn now, in the order of the navigation; None after the last."""
    names = [entry.name for entry in PAGES]
    here = getattr(_run, "page", None)
    place = names.index(here) + 1 if here in names else len(names)
    return names[place] if place < len(names) else None


def run_app() -> None:
    """Draw navigation and sidebar, then the page that the address asks for. The whole of streamlit_app.py."""
    current = _navigate()
    # The container keeps the page at a readable width on wide screens.
    with st.container(horizontal_alignment="center"), st.container(width=PAGE_WIDTH), guard():
        _run.through_router, _run.page = True, current.url_path or HOME
        _fetch_dataset()
        try:
            if st.query_params.get(PRESENT) == "1":
                _present(current)
            else:
                current.run()
        finally:
            _run.through_router = False
            collect_garbage()


def start(file: str) -> None:
    """Make a page work however it was reached. The first line of every file in pages/: `shell.start(__file__)`.

    As long as nobody has opened `/`, Streamlit (1.67) answers a deep link by running the file in pages/ without
    streamlit_app.py. Then this call takes the router's part, which runs the page again inside the frame, and stops
    the frameless first run. Run alone, as `AppTest.from_file("pages/x.py")` does, the page goes on without a frame.
    """
    if getattr(_run, "through_router", False):
        return
    if _compat.find_main_script() in (None, Path(file).resolve()):
        return
    run_app()
    st.stop()


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


def _navigate() -> st.Page:
    st.set_page_config(
        page_title=APP_NAME,
        page_icon=str(ASSETS / "icon.svg"),
        layout="wide",
        initial_sidebar_state="collapsed" if st.context.is_embedded else "auto",
        menu_items={"About": f"**{APP_NAME}**: facial emotion recognition on FER2013, an interactive study."},
    )
    sections: dict[str, list[st.Page]] = {}
    for entry in PAGES:
        sections.setdefault(entry.section, []).append(page(entry.name))
    # The home page answers at `/` only; this hidden twin leads `/overview` there.
    twin = st.Page(ROOT / "pages" / f"{HOME}.py", title=PAGES[0].title, url_path=HOME, visibility="hidden")
    current = st.navigation(sections | {"": [*sections[""], twin]}, expanded=True)
    if current is twin:
        st.switch_page(sections[""][0])
    st.set_page_config(page_title=f"{current.title} · {APP_NAME}")
    st.html(ASSETS / "page.css")
    _render_sidebar()
    _run.current = current
    return current


def _fetch_dataset() -> None:
    """Begin to fetch FER2013 if the operator of a hosted dashboard set FER2013_FETCH (fer_core/data/fetch.py)."""
    if os.environ.get("FER2013_FETCH"):
        from fer_core.app.fetching import start_fetch  # pandas and all: only who fetches waits for them

        start_fetch()


def _present(current: st.Page) -> None:
    """Show the slides in the place of the page `current`, which comes back when they are closed."""
    from fer_core.app.present.mode import render_deck  # charts and all: only who presents waits for them

    render_deck(current.url_path)


def render_present_link() -> None:
    """Offer the slides over the page that is being drawn; nothing for a page that runs without the frame."""
    current = getattr(_run, "current", None)
    if current is not None and getattr(_run, "through_router", False):
        st.page_link(
            current, label="Present", icon=":material/slideshow:", query_params={PRESENT: "1"}, width="content"
        )


def _render_sidebar() -> None:
    st.logo(str(ASSETS / "logo.svg"), size="large", icon_image=str(ASSETS / "icon.svg"))
    with st.sidebar:
        st.caption("Says what people would call the expression on a face. It does not read feelings.")
        st.page_link(page("about"), label="Responsible use", icon=":material/shield_person:")
        keep_views()
