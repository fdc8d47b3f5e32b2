import pytest


@pytest.fixture
def isolated(monkeypatch, tmp_path):
    """An empty working folder, an empty cache, and no dataset named anywhere."""
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "kagglehub"))
    monkeypatch.delenv("FER2013_PATH", raising=False)
    monkeypatch.delenv("FERPLUS_PATH", raising=False)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work
