"""The learning rate over a run: warm-up, then one cosine to zero."""

from dataclasses import replace

import keras
import pytest

from fer_core.training.experiments import EXPERIMENTS
from fer_core.training.model import make_cosine_schedule

STEPS = 100


@pytest.fixture
def experiment():
    return replace(EXPERIMENTS["compact"], epochs=5, learning_rate=0.08, warmup_epochs=1)


def rate_at(experiment, epoch):
    return float(keras.ops.convert_to_numpy(make_cosine_schedule(experiment, STEPS)(round(epoch * STEPS))))


def test_warm_up_then_cosine_to_zero(experiment):
    expected = {0: 0, 0.5: 0.04, 1: 0.08, 3: 0.04, 5: 0}
    assert {epoch: rate_at(experiment, epoch) for epoch in expected} == pytest.approx(expected, abs=1e-6)


def test_a_single_epoch_still_ends_at_zero(experiment):
    short = replace(experiment, epochs=1)
    assert rate_at(short, 0.5) == pytest.approx(0.08) and rate_at(short, 1) == pytest.approx(0, abs=1e-6)
