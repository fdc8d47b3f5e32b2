"""Learning from teachers: the averaged answers of earlier runs soften the labels of the training pictures."""

from pathlib import Path

import numpy as np

from fer_core.data import FerDataset, Split
from fer_core.labels import LABELS
from fer_core.training.checkpoint import load_state
from fer_core.training.experiments import Experiment
from fer_core.training.settings import read_settings
from fer_core.training.weights import load_kept, predict


class TeacherError(ValueError):
    """A teacher's weights are missing, or it has seen pictures that must judge its student."""


def compute_teacher_targets(experiment: Experiment, dataset: FerDataset, split: Split, checkpoints: Path) -> np.ndarray:
    """What to learn, float32 (n, 7) for every picture of `dataset`.

    For training pictures the label and the teachers' mean answer (to the picture and its mirror image), in the shares
    1 - `teacher_share` and `teacher_share`; for all others the label (Hinton et al. 2015, arXiv:1503.02531).
    `experiment.teachers` names runs whose weights lie in `checkpoints`. Raises TeacherError.
    """
    folders = [checkpoints / name for name in experiment.teachers]
    teachers = [(check_teacher(folder, experiment), folder) for folder in folders]
    images = dataset.images[split.train]
    targets = np.eye(len(LABELS), dtype="float32")[dataset.labels]
    answers = np.zeros((len(images), len(LABELS)), "float32")
    for teacher, folder in teachers:
        network, _ = load_kept(teacher, folder, load_state(folder))
        answers += (predict(network, images) + predict(network, images[:, :, ::-1])) / (2 * len(teachers))
    share = experiment.teacher_share
    targets[split.train] = (1 - share) * targets[split.train] + share * answers
    return targets


def check_teacher(folder: Path, student: Experiment) -> Experiment:
    """The teacher's experiment. Raises TeacherError unless it is finished and was trained on the student's rows."""
    state, teacher = load_state(folder), read_settings(folder)
    if state is None or teacher is None:
        raise TeacherError(
            f"The teacher {folder.name} has no weights in {folder.parent}: train it on this machine first."
        )
    if state["epoch"] < teacher.epochs:
        raise TeacherError(
            f"The teacher {folder.name} is unfinished (epoch {state['epoch']} of {teacher.epochs}): go on with --resume."
        )
    if teacher.split != student.split:
        raise TeacherError(
            f"The teacher {folder.name} learned from the split {teacher.split!r}, its student would from "
            f"{student.split!r}: pictures that judge the student may be among those that the teacher has seen."
        )
    return teacher
