"""The page about an imagined voice."""

from sample_artifacts import write_sample_runs

from fer_core.app import loading
from fer_core.runs.voice import VOICE, write_voice


def test_the_curve_follows_the_slider(committed_artifacts, open_page, all_text):
    voice = loading.load_voices().by_run[loading.load_default_run().name]
    app = open_page("voice", voice_skill="70")
    assert f"{100 * voice.fused[voice.find(0.7)]:.1f}\u00a0%" in all_text(app) and not app.exception
    app.slider(key="voice-skill").set_value(100).run()
    assert "The face adds next to nothing" in all_text(app)


def test_the_published_drop_is_cited(committed_artifacts, open_page, all_text):
    text = all_text(open_page("voice"))
    assert "95.8\u00a0%" in text and "48.1\u00a0%" in text and "https://openalex.org/W7165812165" in text
    assert "An upper bound, not a forecast" in text


def test_without_the_artifact_it_says_the_command(artifacts, open_page, all_text):
    text = all_text(open_page("voice"))
    assert "python train.py voice" in text and "95.8\u00a0%" in text


def test_a_broken_file_is_named(tmp_path, monkeypatch, open_page):
    runs = write_sample_runs(tmp_path)
    write_voice(runs[0])
    (runs[1].path / VOICE).write_text("{")
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    app = open_page("voice")
    assert not app.exception and any("voice.json" in warning.value for warning in app.warning)


def test_an_odd_address_is_brought_back(committed_artifacts, open_page):
    app = open_page("voice", voice_skill="9999", voice_run="nobody")
    assert not app.exception and 15 <= app.slider(key="voice-skill").value <= 100
