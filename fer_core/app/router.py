"""Leads every visit to its page, in one frame: navigation, sidebar, page width, and the slides over it."""

import os
from pathlib import Path

import streamlit as st

from fer_core.app import _compat, shell
from fer_core.app.history import keep_views
from fer_core.app.memory import collect_garbage, guard_memory
from fer_core.app.shell import APP_NAME, ASSETS, HOME, PAGES, PRESENT, ROOT, guard, page

PAGE_WIDTH = 1180
"""Pixels. Wider lines and charts are harder to read; narrower screens shrink it."""

guard_memory()


def run_app() -> None:
    """Draw navigation and sidebar, then the page that the address asks for. The whole of streamlit_app.py."""
    current = _navigate()
    # The container keeps the page at a readable width on wide screens.
    with st.container(horizontal_alignment="center"), st.container(width=PAGE_WIDTH), guard():
        shell.RUN.through_router, shell.RUN.page, shell.RUN.signatures = True, current.url_path or HOME, {}
        _fetch_dataset()
        try:
            if st.query_params.get(PRESENT) == "1":
                _present(current)
            else:
                current.run()
        finally:
            shell.RUN.through_router = False
            del shell.RUN.signatures  # a fragment that is drawn alone, later, looks at the disk again
            collect_garbage()


def start(file: str) -> None:
    """Make a page work however it was reached. The first line of every file in pages/: `router.start(__file__)`.

    As long as nobody has opened `/`, Streamlit (1.67) answers a deep link by running the file in pages/ without
    streamlit_app.py. Then this call takes the router's part, which runs the page again inside the frame, and stops
    the frameless first run. Run alone, as `AppTest.from_file("pages/x.py")` does, the page goes on without a frame.
    """
    if getattr(shell.RUN, "through_router", False):
        return
    if _compat.find_main_script() in (None, Path(file).resolve()):
        return
    run_app()
    st.stop()


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
        asked = {name: st.query_params.get_all(name) for name in st.query_params}
        st.switch_page(sections[""][0], query_params=asked)
    st.set_page_config(page_title=f"{current.title} · {APP_NAME}")
    st.html(ASSETS / "page.css")
    _render_sidebar()
    shell.RUN.current = current
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


def _render_sidebar() -> None:
    st.logo(str(ASSETS / "logo.svg"), size="large", icon_image=str(ASSETS / "icon.svg"))
    with st.sidebar:
        st.caption("Says what people would call the expression on a face. It does not read feelings.")
        st.page_link(page("about"), label="Responsible use", icon=":material/shield_person:")
        keep_views()
