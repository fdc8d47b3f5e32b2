"""An ensemble is the mean of its members' answers, in a run folder like any other."""

import numpy as np
import pytest

from fer_core.runs import verify_run
from fer_core.runs.ensemble import EnsembleError, write_ensemble
from fer_core.runs.writing import write_run


def test_the_mean_answer_becomes_a_run(make_run, tmp_path):
    members = [make_run("tiny-s0", skill=1.0, epochs=3), make_run("tiny-s1", skill=2.0, epochs=4)]
    run = write_ensemble("two", members, tmp_path)
    expected = np.mean([member.predictions().probability for member in members], axis=0)
    assert np.allclose(run.predictions().probability, expected, atol=1e-3)
    assert run.config.members == ("tiny-s0", "tiny-s1") and run.config.parameters == 2468
    assert len(run.history) == 3 and not run.is_partial and run.model_path is None and run.name == "two-s0"
    assert np.allclose(run.history["loss"], (members[0].history["loss"] + members[1].history["loss"][:3]) / 2)
    assert verify_run(run.path) == [] and not run.learns_votes


def test_an_ensemble_learned_what_its_members_learned(make_run, tmp_path):
    members = [make_run(f"tiny-s{i}", learns="votes", pretrained="dlib", title="Tiny") for i in (0, 1)]
    run = write_ensemble("two", members, tmp_path)
    assert run.learns_votes and run.config.pretrained == "dlib" and run.title == "Tiny, 2 averaged"


def test_what_has_to_be_known_of_a_member_has_to_be_known_of_the_ensemble(make_run, tmp_path):
    plain, looked = make_run("tiny-s0", split="grouped"), make_run("tiny-s1", split="all", caveat="It was looked at.")
    for members in ([plain, looked], [looked, plain]):
        run = write_ensemble("two", members, tmp_path, replace=True)
        assert (run.config.split, run.config.caveat) == ("all", "It was looked at.")


def test_flip_averages_need_every_member_to_have_them(make_run, tmp_path):
    with_flips = [make_run(f"tiny-s{i}", tta=True, skill=i) for i in (1, 2)]
    assert write_ensemble("flips", with_flips, tmp_path).metrics.test_tta
    assert write_ensemble("some", [with_flips[0], make_run("tiny-s3")], tmp_path).metrics.test_tta is None


def test_runs_that_cannot_be_averaged_are_refused(make_run, tmp_path):
    run, partial = make_run("tiny-s0"), make_run("tiny-s1", epochs=5, ran=2)
    with pytest.raises(EnsembleError, match="two different runs"):
        write_ensemble("one", [run, run], tmp_path)
    with pytest.raises(EnsembleError, match="tiny-s1 is unfinished"):
        write_ensemble("two", [run, partial], tmp_path)
    with pytest.raises(EnsembleError, match="tested in different ways"):
        write_ensemble("two", [run, make_run("tiny-s2", tta="ten-crop", dataset={"drawn": True})], tmp_path)


def test_a_run_is_replaced_only_when_asked_and_then_as_a_whole(make_run, tmp_path):
    members = [make_run("tiny-s1"), make_run("tiny-s2")]
    trained = make_run("tiny-s0").path
    (trained / "model.onnx").write_bytes(b"a network that would still answer")
    before = (trained / "predictions.npz").read_bytes()
    with pytest.raises(EnsembleError, match="tiny-s0 is there already: .*--replace"):
        write_ensemble("tiny", members, tmp_path)
    assert (trained / "predictions.npz").read_bytes() == before
    assert write_ensemble("tiny", members, tmp_path, replace=True).model_path is None
    with pytest.raises(EnsembleError, match="cannot take the place of its own member"):
        write_ensemble("tiny", [make_run("tiny-s0"), members[0]], tmp_path, replace=True)


@pytest.mark.parametrize("name", ["../escaped", "", "a/b", ".hidden", "a b"])
def test_a_name_that_leads_elsewhere_is_refused(make_run, tmp_path, name):
    members = [make_run("tiny-s1"), make_run("tiny-s2")]
    with pytest.raises(EnsembleError, match="names no folder"):
        write_ensemble(name, members, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny-s1", "tiny-s2"]


def test_what_one_member_answered_epoch_by_epoch_is_not_the_ensembles(make_parts, tmp_path):
    config, history, metrics, predictions = make_parts()
    predictions["test_last_epochs"] = np.zeros((3, 90), np.uint8)
    members = [write_run(tmp_path / name, config, history, metrics, predictions) for name in ("tiny-s1", "tiny-s2")]
    answers = write_ensemble("two", members, tmp_path).predictions()
    assert answers.last_epochs is None and answers.twin is not None and answers.ferplus is not None
