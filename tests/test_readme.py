"""The README tells the truth: its numbers are the artifacts', its commands and files exist."""

import re
import subprocess
from pathlib import Path

import pytest

from fer_core.runs import load_run
from fer_core.runs.artifacts import ARTIFACTS
from fer_core.runs.readme_table import BEGIN, make_table, put_table
from fer_core.training.experiments import EXPERIMENTS

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README = DOCUMENTS[0].read_text("utf-8")


def test_the_table_of_runs_is_the_artifacts():
    assert put_table(README, make_table(ARTIFACTS)) == README, "`python -m fer_core.runs.readme_table` writes it again"


def test_a_readme_without_the_table_says_so():
    with pytest.raises(ValueError, match="lacks the lines"):
        put_table(README.replace(BEGIN, ""), "")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files(document):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_name_modules_and_experiments_that_exist(document):
    text = document.read_text("utf-8")
    modules = {name.replace(".", "/") for name in re.findall(r"python -m (fer_core[\w.]*)", text)}
    assert [m for m in modules if not ((ROOT / f"{m}.py").exists() or (ROOT / m / "__main__.py").exists())] == []
    asked = re.findall(r"train\.py (?:train|export) ([a-z][\w. -]*?)(?: --|\s*[#`\n])", text)
    assert {word for words in asked for word in words.split()} <= set(EXPERIMENTS)


def test_the_weights_cost_what_the_table_says():
    """Committed files are asked, so that runs somebody tries out locally need no line."""
    text = (ROOT / "docs" / "run-folder.md").read_text("utf-8")
    stated = {
        f"artifacts/{file}": (int(size.replace(",", "")), int(parameters.replace(",", "")))
        for file, size, parameters in re.findall(r"^\| `(\S+\.onnx)` \| ([\d,]+) \| ([\d,]+) \|", text, re.MULTILINE)
    }
    files = {name: ROOT / name for name in list_committed() if (ROOT / name).is_file()}
    found = {
        name: (file.stat().st_size, load_run(file.parent).config.parameters)
        for name, file in files.items()
        if file.suffix == ".onnx"
    }
    assert stated == found
    assert sum(file.stat().st_size for file in files.values()) < 80e6


def list_committed():
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.split("\0")[:-1]
