"""A student learns the mixture of labels and its teachers' answers; teachers that saw too much are refused."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.data import make_drawn_dataset
from fer_core.training.checkpoint import load_state
from fer_core.training.distillation import TeacherError, compute_teacher_targets
from fer_core.training.fit import fit, make_split
from fer_core.training.weights import load_kept, predict


@pytest.fixture(scope="module")
def dataset():
    return make_drawn_dataset(70, 28, seed=2)


@pytest.fixture
def student(tiny_experiment, dataset, tmp_path):
    """An experiment that learns from two trained teachers."""
    teacher = replace(tiny_experiment, epochs=1, split="grouped")
    for seed in (0, 1):
        fit(teacher, dataset, seed, tmp_path / f"tiny-s{seed}")
    return replace(teacher, name="student", teachers=("tiny-s0", "tiny-s1"), teacher_share=0.7, label_smoothing=0.0)


def test_targets_mix_labels_and_answers_of_training_pictures_only(student, dataset, tmp_path):
    split = make_split(student, dataset)
    targets = compute_teacher_targets(student, dataset, split, tmp_path)
    labels = np.eye(7)[dataset.labels]
    others = np.setdiff1d(np.arange(len(labels)), split.train)
    assert np.array_equal(targets[others], labels[others])
    assert np.allclose(targets.sum(axis=1), 1, atol=1e-5)
    answers = (targets[split.train] - 0.3 * labels[split.train]) / 0.7
    images, expected = dataset.images[split.train], 0
    for folder in (tmp_path / "tiny-s0", tmp_path / "tiny-s1"):
        network, _ = load_kept(student, folder, load_state(folder))
        expected = expected + (predict(network, images) + predict(network, images[:, :, ::-1])) / 4
    np.testing.assert_allclose(answers, expected, atol=1e-5)  # of the picture and its mirror image, right way up
    assert np.abs(answers - predict(network, images)).max() > 1e-3
    state = fit(student, dataset, 0, tmp_path / "student-s0")
    assert np.isfinite(state["history"][0]["loss"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"teachers": ("nobody-s0",)}, "nobody-s0 has no weights"),
        ({"split": "study"}, "learned from the split 'grouped', its student would from 'study'"),
    ],
)
def test_unfit_teachers_are_refused(student, dataset, tmp_path, change, sentence):
    with pytest.raises(TeacherError, match=sentence):
        fit(replace(student, **change), dataset, 0, tmp_path / "student-s0")
