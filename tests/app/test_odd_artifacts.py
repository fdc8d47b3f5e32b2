"""Folders and files under artifacts/ that nobody expects: each is one sentence, and every page stands."""

import json
import os
import shutil
import tracemalloc
import zipfile

import numpy as np
import pytest
from sample_artifacts import make_tiny_network

from fer_core.app import loading
from fer_core.data import DatasetError
from fer_core.files import FileError, read_arrays
from fer_core.runs.artifacts import ARTIFACTS
from fer_core.vision import Predictor
from fer_core.vision.predictor import PredictorError

EMPTY = {
    "dataset": ("dataset_split", "dataset_measure", "dataset_average"),
    "leaderboard": ("leaderboard_cost", "leaderboard_order", "leaderboard_split"),
    "results": ("results_numbers", "results_score"),
    "robustness": ("robustness_level",),
    "study": ("study_count",),
    "training": ("training_metric", "training_view"),
}


@pytest.fixture
def own_artifacts(written_artifacts, tmp_path, monkeypatch):
    root = tmp_path / "own"
    shutil.copytree(written_artifacts, root)
    monkeypatch.setenv("FER_ARTIFACTS", str(root))
    return root


@pytest.mark.parametrize("page", EMPTY)
def test_an_address_with_an_empty_value_means_the_default(page, committed_artifacts, open_page, all_text):
    app = open_page(page, **dict.fromkeys(EMPTY[page], ""))
    assert not app.exception and not app.error and "Something went wrong" not in all_text(app)


def test_links_that_lead_nowhere_and_names_that_are_no_text(own_artifacts, open_page, all_text):
    run = own_artifacts / "compact-s0"
    (run / "notes.txt").symlink_to("nowhere")
    (run / "again").symlink_to("again")
    (own_artifacts / "gone").symlink_to("nowhere")
    (own_artifacts / "dangling-s0").mkdir()
    (own_artifacts / "dangling-s0" / "config.json").symlink_to("nowhere")
    odd = os.fsencode(own_artifacts) + b"/odd-\xff"
    shutil.copytree(run, os.fsdecode(odd), symlinks=True)
    runs = loading.load_runs()
    assert [found.name for found in runs] == ["compact-s0", "vgg-b32-e100-s0"]
    assert len(runs.problems) == 2
    assert runs.problems[0].startswith("dangling-s0/config.json is missing")
    assert runs.problems[1] == r"The folder odd-\xff has a name that is no plain text in UTF-8: rename it."
    app = open_page("training")
    assert not app.exception and not app.error and "has a name that is no plain text" in all_text(app)


PICTURE = "![x](http://example.org/x.png)"


@pytest.mark.parametrize("page", ["overview", "training", "results"])
def test_no_text_of_a_run_makes_a_browser_fetch_a_picture(page, own_artifacts, open_page, all_text):
    for run, change in (("compact-s0", {"title": PICTURE}), ("vgg-b32-e100-s0", {"schedule_of_mine": PICTURE})):
        file = own_artifacts / run / "config.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | change))
    text = all_text(open_page(page))
    assert "2 runs cannot be read" in text or "compact-s0/config.json holds text with a picture" in text
    assert "![" not in text and "example.org" not in text


def test_bits_that_flipped_in_the_facts_are_one_sentence(own_artifacts):
    shutil.copytree(ARTIFACTS / "dataset", own_artifacts / "dataset")
    file = own_artifacts / "dataset" / "pictures.npz"
    data = bytearray(file.read_bytes())
    for place in range(1000, len(data), len(data) // 20):
        changed = data.copy()
        changed[place] ^= 0b100
        file.write_bytes(changed)
        with pytest.raises(DatasetError, match="dataset/pictures.npz .*: run `python train.py facts`"):
            loading.load_facts()
    for shown in ("mean_faces.npz", "facts.json"):
        (own_artifacts / "dataset" / shown).unlink()
    (own_artifacts / "dataset" / "facts.json").symlink_to("nowhere")
    with pytest.raises(DatasetError, match="facts.json is missing"):
        loading.load_facts()


@pytest.mark.parametrize("lies", [False, True])
def test_a_small_file_that_would_take_gigabytes_is_refused_unread(tmp_path, lies):
    """Packed zeros, or a header that promises more than there is: neither is taken from memory."""
    file = tmp_path / "predictions.npz"
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({700_000_000},), }}".ljust(117) + "\n"
    start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("test_label.npy", "w") as member:
        member.write(start)
        for _ in range(1 if lies else 100):
            member.write(bytes(1_000_000))
    tracemalloc.start()
    with pytest.raises(FileError, match="is damaged" if lies else "would take more than 64 MB"):
        read_arrays(file)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_network_that_answers_nan_is_one_sentence():
    import onnx
    from onnx import numpy_helper

    model = onnx.load_from_string(make_tiny_network())
    weights = model.graph.initializer[0]
    weights.CopyFrom(numpy_helper.from_array(np.full((9, 7), np.nan, np.float32), weights.name))
    with pytest.raises(PredictorError, match="answers with something that is no probability: export it again"):
        Predictor(model.SerializeToString())
