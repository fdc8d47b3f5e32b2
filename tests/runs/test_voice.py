"""The imagined voice: exact against a simulation, at both ends, and its file checked on reading."""

import json

import numpy as np
import pytest
from sample_artifacts import write_sample_runs

from fer_core.runs.contract import ArtifactError
from fer_core.runs.voice import SKILLS, VOICE, compute_chance, compute_voice, load_voice, write_voice

RNG = np.random.default_rng(0)
COUNT = 2000
PROBABILITY = RNG.dirichlet(np.full(7, 0.5), COUNT)
LABEL = (PROBABILITY.cumsum(axis=1) < RNG.random(COUNT)[:, None]).sum(axis=1)  # as often right as they say


def test_a_useless_voice_adds_nothing_and_a_perfect_one_everything():
    alone = PROBABILITY.argmax(axis=1) == LABEL
    assert compute_chance(LABEL, PROBABILITY, 1 / 7) == pytest.approx(alone.astype(float))
    assert compute_chance(LABEL, PROBABILITY, 1.0) == pytest.approx(np.ones(COUNT))


def test_the_exact_chance_is_what_a_simulation_finds():
    skill, count = 0.48, 600
    exact = compute_chance(LABEL, PROBABILITY, skill).mean()
    rng = np.random.default_rng(1)
    others = (LABEL[None] + rng.integers(1, 7, (count, COUNT))) % 7
    said = np.where(rng.random((count, COUNT)) < skill, LABEL, others)
    likelihood = np.full((7, 7), (1 - skill) / 6)
    np.fill_diagonal(likelihood, skill)
    answers = (PROBABILITY[None] * likelihood[said]).argmax(axis=2)
    assert (answers == LABEL).mean() == pytest.approx(exact, abs=0.002)


def test_a_better_voice_never_hurts_and_stays_below_the_ceiling():
    numbers = compute_voice(LABEL, PROBABILITY)
    fused, face = np.array(numbers["fused"]), numbers["face"]
    assert (np.diff(fused) > -0.002).all() and fused[-1] == 1
    assert (fused <= 1 - (1 - face) * (1 - np.array(SKILLS)) + 0.02).all()
    assert (fused >= np.maximum(face, SKILLS) - 0.01).all()


def test_the_file_is_written_read_and_checked(tmp_path):
    run = write_sample_runs(tmp_path)[0]
    assert load_voice(run) is None
    write_voice(run)
    found = load_voice(run)
    assert found.face == pytest.approx(run.as_served().test.accuracy, abs=1e-4) and found.find(0.4806) == 33
    file = run.path / VOICE
    content = json.loads(file.read_text())
    for change, words in (
        ({"face": 0.2}, "is about other answers"), ({"schema": 9}, "schema"), ({"fused": [0.5]}, "one value for each"),
    ):  # fmt: skip
        file.write_text(json.dumps(content | change))
        with pytest.raises(ArtifactError, match=f"{words}.*python train.py voice"):
            load_voice(run)


def test_the_command_writes_it(tmp_path, capsys):
    import train

    write_sample_runs(tmp_path)
    assert train.main(["voice", "--out", str(tmp_path)]) == 0
    assert len(list(tmp_path.glob(f"*/{VOICE}"))) == 2
    assert train.main(["voice", "nothing", "--out", str(tmp_path)]) == 2
