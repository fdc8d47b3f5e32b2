"""Deep links opened cold: a shared link is the first thing that a sleeping server ever sees."""

import re

import pytest
from server import PHONE, run_server

from fer_core.app import shell

PATHS = ["/" if entry.name == shell.HOME else f"/{entry.name}" for entry in shell.PAGES]
TITLES = [entry.title for entry in shell.PAGES if entry.listed]


# Two of them: what makes a cold link work (router.start) is the same on all pages.
@pytest.mark.parametrize("path, title", [("/", "Overview"), ("/results", "Results")])
def test_cold_deep_link(path, title, sample_artifacts, visit):
    with run_server(sample_artifacts) as (address, _):
        visitor = visit(address)
        page = visitor.open(path)
        assert page.url == address + path
        assert page.title() == f"{title} · {shell.APP_NAME}"
        links = page.get_by_test_id("stSidebarNavLink").all_inner_texts()
        assert [text.split("\n")[-1] for text in links] == TITLES

        other = "About" if title != "About" else "Results"
        visitor.follow(page, other)
        assert page.url == f"{address}/{other.lower()}"
        page.go_back()
        page.wait_for_function("title => document.title.startsWith(title)", arg=title)
        assert page.url.rstrip("/") == (address + path).rstrip("/")
        visitor.close()


def test_cold_link_to_the_home_page_by_name(sample_artifacts, visit):
    with run_server(sample_artifacts) as (address, _):
        visitor = visit(address)
        page = visitor.open(f"/{shell.HOME}")
        assert page.title().startswith(TITLES[0])
        assert page.url == f"{address}/"
        visitor.close()


def test_every_page_calls_the_router_first():
    for entry in shell.PAGES:
        code = (shell.ROOT / "pages" / f"{entry.name}.py").read_text()
        calls = [line for line in code.splitlines() if re.match(r"\w+[.(]|\w+ = ", line)]
        assert calls[0] == "router.start(__file__)", entry.name


@pytest.mark.parametrize("path", PATHS)
def test_phone_has_no_sideways_scrolling(path, app):
    page = app.open(path, width=PHONE, height=844, theme="dark")
    overflow = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth")
    assert overflow <= 0
