"""What keeps the code easy to change: style, types, pinned versions, and which way imports point."""

import ast
import graphlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "fer_core" / "app"
SHARED = {"assets", "browser", "charts", "faces", "gallery", "save", "sentences"}
"""Folders of app/ that pages share; every other one belongs to a page, or tells the whole story (slides, report)."""


def run_tool(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", *command], check=False, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("command", [("ruff", "check", ".")], ids=" ".join)
def test_style(command):
    pytest.importorskip("ruff")
    result = run_tool(*command)
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_types():
    pytest.importorskip("mypy")
    result = run_tool("mypy")
    assert result.returncode == 0, result.stdout


def test_every_dependency_is_pinned_within_its_range():
    pins = dict(line.strip().split("==") for line in (ROOT / "constraints.txt").open() if "==" in line)
    for text in (line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").open()):
        if not text:
            continue
        needed = Requirement(text)
        assert needed.name in pins and needed.specifier.contains(pins[needed.name]), text


def list_imports(file: Path) -> set[str]:
    """Modules that a file imports anywhere, as dotted names; `from a import b` counts as a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def list_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def test_imports_run_in_no_circle():
    """Those inside functions count, too: they hide a circle, they do not open it."""
    files = [*list_files(ROOT / "fer_core"), *list_files(ROOT / "pages"), ROOT / "train.py", ROOT / "streamlit_app.py"]
    parts = {file: file.relative_to(ROOT).with_suffix("").parts for file in files}
    names = {".".join(part for part in place if part != "__init__"): file for file, place in parts.items()}
    arrows = {file: {names[name] for name in list_imports(file) & set(names)} - {file} for file in files}
    assert sum(map(len, arrows.values())) > len(files), "imports are seen"
    try:
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" -> ".join(str(file.relative_to(ROOT)) for file in error.args[1]))


def test_no_page_reaches_into_another_pages_folder():
    folders = {path.name for path in APP.iterdir() if path.is_dir() and not path.name.startswith("_")} - SHARED
    reached = [
        (str(file.relative_to(ROOT)), name)
        for file in list_files(APP)
        for name in list_imports(file)
        if (found := re.match(r"fer_core\.app\.(\w+)\.\w+", name)) and found[1] in folders
        if file.relative_to(APP).parts[0] != found[1]
        if len(file.relative_to(APP).parts) > 1
        if "sentences" not in file.parts  # they know the types of the page that they tell about
    ]
    assert reached == []


def test_a_chart_comes_with_its_words():
    """What is shown, said and saved is one View: no module of charts/ gives away a bare figure, but to enlarge one."""
    bare = [
        (file.name, node.name)
        for file in list_files(APP / "charts")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if node.returns is not None and ast.unparse(node.returns) == "go.Figure"
    ]
    assert bare == [("enlarge.py", "enlarge")]


def test_only_the_dashboard_knows_streamlit():
    rest = [file for file in list_files(ROOT / "fer_core") if APP not in file.parents]
    assert [
        file.name for file in rest if any(re.match("streamlit|fer_core.app", name) for name in list_imports(file))
    ] == []


def test_modules_that_promise_no_streamlit_keep_it():
    promising = [
        file for file in list_files(APP) if "No Streamlit." in (ast.get_docstring(ast.parse(file.read_text())) or "")
    ]
    assert promising
    assert [
        file.name for file in promising if any(name.split(".")[0] == "streamlit" for name in list_imports(file))
    ] == []


def test_only_training_imports_keras_when_it_is_imported():
    for file in list_files(ROOT / "fer_core"):
        if "training" not in file.parts:
            top = [node for node in ast.parse(file.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
            names = {getattr(node, "module", None) or node.names[0].name for node in top}
            assert not {name for name in names if name.split(".")[0] in ("keras", "tensorflow")}, file
