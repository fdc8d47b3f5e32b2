"""The dashboard's pages, run in this process on small artifacts, none, or broken ones."""

import json
import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from sample_artifacts import CROWD_RUNS, break_run, write_sample_runs
from streamlit.testing.v1 import AppTest

from fer_core.app import loading, shell
from fer_core.app.faces import photo
from fer_core.runs.artifacts import ARTIFACTS

MAIN_SCRIPT = shell.ROOT / "streamlit_app.py"
GLOSSARY_LINK = re.compile(r"\[([^\]]*)\]\(about#[^)]*\)")
"""Words in texts that lead to the glossary read like the others."""
EVERY_PAGE = [entry.name for entry in shell.PAGES]


@pytest.fixture(scope="session")
def written_artifacts(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("artifacts")
    write_sample_runs(root)
    return root


@pytest.fixture
def artifacts(written_artifacts, monkeypatch) -> Path:
    """Two good runs, one with a network; no facts about the dataset."""
    monkeypatch.setenv("FER_ARTIFACTS", str(written_artifacts))
    return written_artifacts


@pytest.fixture(scope="session")
def written_crowd_artifacts(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("crowd-artifacts")
    write_sample_runs(root, CROWD_RUNS, votes=True)
    return root


@pytest.fixture
def crowd_artifacts(written_crowd_artifacts, monkeypatch) -> Path:
    """The same runs with the crowd's votes, and a network that learned them, which answers by default."""
    monkeypatch.setenv("FER_ARTIFACTS", str(written_crowd_artifacts))
    return written_crowd_artifacts


@pytest.fixture
def no_artifacts(tmp_path, monkeypatch) -> Path:
    """An empty folder, as after cloning the code alone."""
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    return tmp_path


@pytest.fixture
def committed_artifacts(monkeypatch) -> Path:
    """What the repository ships with: the run that a real `train.py` wrote, and the facts about FER2013."""
    monkeypatch.delenv("FER_ARTIFACTS", raising=False)
    return ARTIFACTS


@pytest.fixture
def broken_artifacts(tmp_path, monkeypatch) -> Path:
    """One good run, one whose metrics.json is cut in half, and facts about the dataset that are no JSON."""
    write_sample_runs(tmp_path)
    break_run(tmp_path)
    (tmp_path / "dataset").mkdir()
    (tmp_path / "dataset" / "facts.json").write_text("{")
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def no_dataset(monkeypatch):
    """No page finds FER2013, wherever the tests run."""
    monkeypatch.setattr(loading, "find_dataset_path", lambda: None)


@pytest.fixture(autouse=True)
def no_live_connection(monkeypatch):
    """The live page's streamer stands alone: a page that runs in this process has no browser at the other end."""
    monkeypatch.setattr("streamlit_webrtc.component.get_this_session_info", lambda: None)


@pytest.fixture
def tiles(monkeypatch) -> dict[str, list[dict]]:
    """The pictures to press of the page's last run, by the key of their grid; clear it to see what a further run shows."""
    shown = {}

    def mount(key: str, data: dict, on_pressed_change) -> None:
        shown[key] = data["tiles"]

    monkeypatch.setattr("fer_core.app.gallery.tiles._mount", mount)
    return shown


@pytest.fixture
def open_page():
    """Open a page through the router, as a visitor's link does: open_page("results", **query) -> finished AppTest."""

    def open_page(name: str, **query) -> AppTest:
        app = AppTest.from_file(MAIN_SCRIPT, default_timeout=90)
        for key, value in query.items():
            app.query_params[key.replace("_", "-")] = value
        if name != shell.HOME:
            app.switch_page(f"pages/{name}.py")
        return app.run()

    return open_page


@pytest.fixture
def unfold():
    """Open a folded table as a visitor does: unfold(app, key, label) -> its DataFrame."""

    def unfold(app: AppTest, key: str, label: str):
        def find():
            return [frame for fold in app.expander if fold.label == label for frame in fold.dataframe]

        assert not find(), "it is drawn before anybody looks"
        app.session_state[key] = True
        app.run()
        (frame,) = find()
        return frame.value

    return unfold


def find_drawings(app: AppTest) -> list:
    """The parts of a page that `ui.render_drawing` made."""
    return [part for part in app.get("bidi_component") if part.proto.component_name == "drawing"]


def read_drawing(html: str) -> str:
    """What a drawing says, bold words as Markdown has them."""
    return "".join(fromstring(html.replace("<strong>", "**").replace("</strong>", "**")).itertext())


@pytest.fixture
def all_text():
    """Everything that a page says, in one string: all_text(app)."""

    def all_text(app: AppTest) -> str:
        kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info", "success")
        texts = [str(element.value) for kind in kinds for element in getattr(app, kind)]
        texts += [f"{metric.label} {metric.value} {metric.delta}" for metric in app.metric]
        texts += [read_drawing(json.loads(part.proto.json)["html"]) for part in find_drawings(app)]
        return GLOSSARY_LINK.sub(r"\1", "\n".join(texts))

    return all_text


@pytest.fixture
def n_answers(monkeypatch) -> list:
    """Grows by one for every picture that is really worked on."""
    made, make = [], photo.make_answer

    def count(data, name, engine, turns=0):
        made.append(name)
        return make(data, name, engine, turns)

    monkeypatch.setattr(photo, "make_answer", count)
    return made
