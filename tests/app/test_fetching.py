"""A hosted dashboard fetches FER2013 by itself, if its operator says so, and shows how far it is."""

import threading
import time

import pytest

from fer_core.app import fetching
from fer_core.data import DatasetError


@pytest.fixture(autouse=True)
def anew():
    fetching._start.clear()
    yield
    fetching._start.clear()


def test_without_the_setting_nothing_is_fetched(monkeypatch):
    monkeypatch.delenv(fetching.SETTING, raising=False)
    monkeypatch.setattr(fetching, "fetch_dataset", lambda origin, progress: pytest.fail("nobody asked"))
    assert fetching.start_fetch() is None


def test_it_is_fetched_once_and_its_progress_shown(artifacts, open_page, all_text, monkeypatch):
    begun, go_on = [], threading.Event()

    def fetch(origin, progress):
        begun.append(origin)
        progress(0.4, "Fetching FER2013: 25 of 63 MB")
        go_on.wait(30)

    monkeypatch.setenv(fetching.SETTING, "kaggle")
    monkeypatch.setattr(fetching, "fetch_dataset", fetch)
    try:
        for _ in range(2):
            app = open_page("dataset", dataset_view="Pictures")
            assert not app.exception and not app.error
            assert "25 of 63 MB" in app.get("progress")[0].proto.text
            assert "dataset-download" not in [button.key for button in app.button]
        assert begun == ["kaggle"]
    finally:
        go_on.set()


def test_why_it_did_not_work_is_said(artifacts, open_page, all_text, monkeypatch):
    def fail(origin, progress):
        raise DatasetError("FER2013 could not be fetched (no connection): see FER2013_FETCH.")

    monkeypatch.setenv(fetching.SETTING, "https://example.org/fer2013.zip")
    monkeypatch.setattr(fetching, "fetch_dataset", fail)
    fetching.start_fetch()
    for _ in range(100):
        if fetching.start_fetch().done:
            break
        time.sleep(0.05)
    app = open_page("dataset", dataset_view="Pictures")
    assert not app.exception and "no connection" in all_text(app)
