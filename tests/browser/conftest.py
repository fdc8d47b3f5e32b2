"""A real server on small artifacts and a real Chromium. Everything here is marked `browser`."""

from pathlib import Path

import pytest
from sample_artifacts import write_sample_runs
from server import CHROMIUM, FLAGS, Visitor, run_server

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: install Debian's `chromium` package")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def sample_artifacts(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("artifacts")
    write_sample_runs(root)
    return root


@pytest.fixture(scope="session")
def server(sample_artifacts):
    """Address of one server that all tests share."""
    with run_server(sample_artifacts) as (address, _):
        yield address


@pytest.fixture
def visit(browser):
    """Make a Visitor at an address: visit(address). The test fails if anything went wrong in its browser."""
    visitors = []

    def visit(address: str) -> Visitor:
        visitors.append(Visitor(browser, address))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        visitor.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []


@pytest.fixture
def app(server, visit) -> Visitor:
    """A visitor at the shared server: page = app.open("/results?...", theme="dark", width=390)."""
    return visit(server)
