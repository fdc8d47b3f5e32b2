"""FERC on the study page: its steps on examples and on a visitor's photo, a bad file, no artifact."""

import io

import numpy as np
import pytest
from PIL import Image

from fer_core.app.faces.examples import EXAMPLES
from fer_core.ferc.report import write_report
from fer_core.ferc.vector import CLASSES, PAIRS

HEADING = "FERC, step by step"


@pytest.fixture
def trained(no_artifacts):
    """A perceptron that nobody trained, right about two pictures of three."""
    weights = np.random.default_rng(0).normal(0, 0.1, (len(CLASSES), len(PAIRS)))
    report = {"weights": weights.tolist(), "bias": [0.0] * len(CLASSES), "options": [{"c": 1.0, "accuracy": 0.5}]}
    counts = {"chosen_c": 1.0, "train_pictures": 9, "validation_pictures": 3, "found": 1.0}
    write_report(
        report | counts | {"labels": "012" * 99, "answers": "014" * 99, "uncut_answers": "044" * 99}, no_artifacts
    )
    return no_artifacts


def list_headings(app):
    return [header.value for header in app.header]


def test_it_is_shown_step_by_step(trained, open_page, all_text, unfold):
    text = all_text(app := open_page("study"))
    assert HEADING in list_headings(app) and "FERC gets **66.7" in text and "an interpretation" in text
    assert "13 points" not in text, "the steps are worked out for those who look"
    app = open_page("study", study_ferc_steps="true")
    text = all_text(app)
    assert "13 points, 24 distances" in text and "FERC's answer: **" in text and "NASA" in text
    table = unfold(app, "study-ferc-vector", "The 24 distances")
    assert len(table) == 24

    app.segmented_control(key="study-ferc").set_value("Cat").run()
    text = all_text(app)
    assert "There is no face where the circles are" in text and "FERC's answer" not in text


def test_a_photo_of_ones_own_and_a_bad_file(trained, open_page, all_text):
    app = open_page("study", study_ferc_steps="true", study_ferc="Your own")
    assert not app.exception and "FERC's answer" not in all_text(app)
    app.file_uploader(key="study-ferc-upload").set_value(("bad.jpg", b"no picture", "image/jpeg")).run()
    assert "`bad.jpg`: " in all_text(app) and not app.exception
    grey = io.BytesIO()
    Image.open(io.BytesIO(EXAMPLES["Drawn anger"].read())).convert("L").save(grey, "PNG")
    app.file_uploader(key="study-ferc-upload").set_value(("grey.png", grey.getvalue(), "image/png")).run()
    text = all_text(app)
    assert "No skin colour" in text and "Circles alone" in text and not app.exception


def test_without_the_artifact_it_has_no_place_and_a_damaged_one_is_named(no_artifacts, open_page, all_text):
    assert HEADING not in list_headings(open_page("study"))
    (no_artifacts / "ferc").mkdir()
    (no_artifacts / "ferc" / "ferc.json").write_text("{")
    app = open_page("study")
    assert HEADING not in list_headings(app) and not app.exception
    assert "ferc/ferc.json is not valid JSON: run `python -m fer_core.ferc.train`" in all_text(app)
