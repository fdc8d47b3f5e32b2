"""The learning rate over a run: warm-up, cosine, and the second cycle."""

from dataclasses import replace

import keras
import pytest

from fer_core.training.experiments import EXPERIMENTS
from fer_core.training.model import make_cosine_schedule

STEPS = 100


@pytest.fixture
def experiment():
    return replace(
        EXPERIMENTS["compact"], epochs=6, learning_rate=0.08, warmup_epochs=1, restart_epoch=4, restart_rate=0.04
    )


def rate_at(experiment, epoch):
    return float(keras.ops.convert_to_numpy(make_cosine_schedule(experiment, STEPS)(round(epoch * STEPS))))


def test_two_cycles(experiment):
    expected = {0: 0, 0.5: 0.04, 1: 0.08, 2.5: 0.04, 4: 0.04, 5: 0.02, 6: 0}
    assert {epoch: rate_at(experiment, epoch) for epoch in expected} == pytest.approx(expected, abs=1e-6)
    assert rate_at(experiment, 3.99) < 1e-4, "the first cycle ends at zero"


def test_a_run_shorter_than_the_first_cycle_still_ends_at_zero(experiment):
    short = replace(experiment, epochs=3)
    assert rate_at(short, 1) == pytest.approx(0.08) and rate_at(short, 3) == pytest.approx(0, abs=1e-6)
    assert rate_at(replace(experiment, epochs=1), 1) == pytest.approx(0, abs=1e-6)
