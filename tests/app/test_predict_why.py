"""Why: a map over the face for any class, toggled in place, whichever way the network can be explained."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fer_core.app import loading, why
from fer_core.app.faces import cards
from fer_core.app.predict import answers
from fer_core.vision import Predictor

WHY, WHY_FOR = answers.WHY, answers.WHY_FOR


@pytest.fixture
def shown(monkeypatch) -> list:
    """The maps' descriptions that the page shows, in order; "" for a plain crop."""
    alts, render = [], cards.render_face

    def keep(face, key, name, wording, why: Image.Image | None = None, alt: str = ""):
        alts.append(alt)
        return render(face, key, name, wording, why, alt)

    monkeypatch.setattr(cards, "render_face", keep)
    return alts


def test_network_without_class_maps_is_explained_by_covering(artifacts, open_page, all_text, shown):
    app = open_page("predict")
    assert shown == [""] and "occlusion" not in all_text(app)
    app.toggle(key=WHY).set_value(True).run()
    assert "occlusion map" in all_text(app) and not app.exception
    assert shown[-1].startswith("Face 1. Map over the face")
    for label in ("sad", "happy"):
        app.selectbox(key=WHY_FOR).set_value(label).run()
        assert f"for {label}" in shown[-1] or f"against {label}" in shown[-1]
    app.toggle(key=WHY).set_value(False).run()
    assert shown[-1] == ""


@pytest.mark.parametrize("has_class_maps", [False, True])
def test_maps_wait_for_their_turn(artifacts, has_class_maps):
    """While one visitor's map is worked out, others' photos come in between, one after another."""
    engine = loading.load_engine()
    held = []

    class Watched:
        def compute_class_maps(self, crops):
            held.append(engine.lock.locked())
            return np.zeros((1, 7, 7, 7), np.float32)

    Watched.has_class_maps = has_class_maps
    crop = np.full((48, 48), 70 + has_class_maps, np.uint8)
    why.compute_map(replace(engine, predictor=Watched()), crop)
    assert held == [True] and not engine.lock.locked()


def test_network_with_class_maps_says_so(artifacts, open_page, all_text, shown, monkeypatch):
    maps = np.zeros((1, 6, 6, 7), np.float32)
    maps[0, 5, 2, 3] = 1
    monkeypatch.setattr(Predictor, "compute_class_maps", lambda self, crops: maps)
    init = Predictor.__init__

    def mark(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self.has_class_maps = True

    monkeypatch.setattr(Predictor, "__init__", mark)
    loading._load_engine.clear()
    try:
        app = open_page("predict", predict_why="true", predict_why_for="happy")
        assert "class activation map" in all_text(app).lower()
        assert "most for happy comes from the lower centre" in shown[-1]
    finally:
        loading._load_engine.clear()


def test_covering_is_worked_out_once(artifacts, open_page, monkeypatch):
    calls, compute = [], Predictor.compute_class_maps

    def count(self, crops):
        calls.append(len(crops))
        return compute(self, crops)

    monkeypatch.setattr(Predictor, "compute_class_maps", count)
    why._compute_occlusion_map.clear()
    app = open_page("predict", predict_why="true")
    assert calls == [1]
    app.selectbox(key=WHY_FOR).set_value("sad").run()
    app.run()
    assert calls == [1] and not app.exception
