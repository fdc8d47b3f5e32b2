"""The frame: every page through the router and alone, errors without tracebacks, the sidebar."""

import gc
import logging
import subprocess
import sys
import weakref

import pytest
from streamlit.testing.v1 import AppTest

from fer_core.app import memory, shell
from fer_core.runs.artifacts import ArtifactError

EVERY_PAGE = [entry.name for entry in shell.PAGES]


@pytest.mark.parametrize("name", EVERY_PAGE)
@pytest.mark.parametrize("state", ["artifacts", "no_artifacts", "committed_artifacts"])
def test_every_page_opens(name, state, request, open_page):
    request.getfixturevalue(state)
    app = open_page(name)
    assert not app.exception and not app.error
    assert len(app.title) == 1


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_broken_artifacts_are_named_not_fatal(name, broken_artifacts, open_page):
    app = open_page(name)
    assert not app.exception
    assert len(app.title) == 1
    assert all("Something went wrong" not in str(error.value) for error in app.error)


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_page_file_runs_alone(name, artifacts):
    app = AppTest.from_file(shell.ROOT / "pages" / f"{name}.py", default_timeout=90).run()
    assert not app.exception
    assert len(app.title) == 1


def test_the_first_pages_stand_before_pandas_is_loaded(artifacts):
    """Overview never needs it; Predict and Video do for tables, once there is something in them to look at."""
    code = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("streamlit_app.py", default_timeout=90).run()
assert not app.exception and app.metric, "the page stands"
print("overview", "pandas" in sys.modules)
assert not app.switch_page("pages/predict.py").run().exception
assert "Every face in a table, to take away" in [fold.label for fold in app.expander]
print("predict", "pandas" in sys.modules)
assert not app.switch_page("pages/video.py").run().exception
print("video", "pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=shell.ROOT, check=True)
    assert done.stdout.split() == ["overview", "False", "predict", "False", "video", "False"], (
        "a cold server waits for it, for 90 MB"
    )


def test_every_page_file_is_in_the_navigation():
    files = {file.stem for file in (shell.ROOT / "pages").glob("*.py")}
    assert files == set(EVERY_PAGE)


def test_page_names_are_unique_and_known():
    assert len(set(EVERY_PAGE)) == len(EVERY_PAGE)
    with pytest.raises(KeyError):
        shell.page("no-such-page")


def _page_with(error_code: str) -> AppTest:
    script = f"""
from fer_core.app import memory, shell
from fer_core.runs.artifacts import ArtifactError
with shell.guard():
    {error_code}
"""
    return AppTest.from_string(script).run()


def test_guard_hides_unknown_errors_and_logs_them(caplog):
    with caplog.at_level(logging.ERROR):
        app = _page_with("raise KeyError('secret detail')")
    assert not app.exception
    (error,) = app.error
    assert "secret" not in error.value
    number = caplog.records[-1].args[0]
    assert number in error.value and "secret detail" in caplog.text


def test_guard_shows_the_sentence_of_our_own_errors():
    app = _page_with("raise ArtifactError('metrics.json is missing: train again.')")
    assert [error.value for error in app.error] == ["metrics.json is missing: train again."]
    assert ArtifactError.__module__.startswith("fer_core")


def test_guard_lets_control_flow_pass():
    app = _page_with("import streamlit as st; st.write('before'); st.stop()")
    assert not app.exception and not app.error
    assert app.markdown[0].value == "before"


def test_sidebar_links_to_responsible_use(artifacts, open_page):
    app = open_page("results")
    assert "does not read feelings" in app.sidebar.caption[0].value


def test_what_visitors_leave_behind_is_freed_now_and_then(no_artifacts, open_page, monkeypatch):
    class Left:
        pass

    left = Left()
    left.itself, trace = left, weakref.ref(left)
    monkeypatch.setattr(memory, "_last_collection", -memory.SECONDS_BETWEEN)
    gc.disable()
    try:
        del left
        open_page("about")
        assert trace() is None
    finally:
        gc.enable()


def test_only_an_address_that_brings_the_view_back_is_offered_to_share(artifacts, open_page, all_text):
    note = "The address of this page holds what you selected"
    assert note in all_text(open_page("toy", toy_knobs="turn:40"))
    assert note not in all_text(open_page("toy"))
    assert note not in all_text(open_page("act", act_way="Snapshots"))
    app = open_page("video", video_example="Moving portrait")
    assert note in all_text(app)
    app.session_state["video-example"] = None
    assert note not in all_text(app.run())
