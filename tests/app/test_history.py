"""Back across pages is the browser's business (tests/browser); here: its script is on every page, once."""

from fer_core.app import history


def test_it_is_on_every_page(artifacts, open_page, monkeypatch):
    keys = []
    monkeypatch.setattr(history, "_mount", lambda key: keys.append(key))
    open_page("about")
    assert keys == ["history"]
