"""What strangers may do on a public server, and what it tells them of itself."""

import re
import threading
import time
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
from picture_files import EXAMPLE
from server import run_server
from streamlit.config import get_config_options
from wire_visitor import WireVisitor

from fer_core.app import hosting
from fer_core.app.hosting import hide_folders, is_at_this_machine, may_download
from fer_core.app.turns import FairLock

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def visit(monkeypatch):
    """Let a request come from `address` with headers: visit("10.0.0.7", Host="app.example.org")."""

    def visit(address: str | None = None, **headers: str) -> None:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        context = SimpleNamespace(ip_address=address, headers=headers)
        monkeypatch.setattr(hosting, "st", SimpleNamespace(context=context))

    return visit


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "localhost", "[::1]:8501"])
def test_whoever_sits_at_the_machine_may_download(visit, monkeypatch, host):
    monkeypatch.delenv("FER_DOWNLOAD", raising=False)
    visit(Host=host)
    assert is_at_this_machine() and may_download()
    monkeypatch.setenv("FER_DOWNLOAD", "0")
    assert not may_download()


@pytest.mark.parametrize(
    "request_", [
        {"address": "10.0.0.7", "Host": "localhost:8501"},
        {"Host": "app.example.org"},
        {"Host": "localhost:8501", "X_Forwarded_For": "203.0.113.5"},
        {"Host": "localhost:8501", "X_Real_IP": "203.0.113.5"},
        {"Host": "localhost.example.org"},
        {},
    ],
)  # fmt: skip
def test_strangers_may_download_only_where_the_operator_allows_it(visit, monkeypatch, request_):
    monkeypatch.delenv("FER_DOWNLOAD", raising=False)
    visit(**request_)
    assert not may_download()
    monkeypatch.setenv("FER_DOWNLOAD", "1")
    assert may_download()


def test_the_page_offers_the_download_only_where_it_is_allowed(no_artifacts, open_page, monkeypatch):
    for setting, offered in (("0", False), ("1", True)):
        monkeypatch.setenv("FER_DOWNLOAD", setting)
        app = open_page("dataset", dataset_view="Pictures")
        assert ("dataset-download" in [button.key for button in app.button]) == offered


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("There is nothing at /srv/secret/data/fer2013.zip: set it.", "There is nothing at fer2013.zip: set it."),
        (f"{ROOT}/artifacts/x-s0 has no config.json", "artifacts/x-s0 has no config.json"),
        (f"{Path.home()}/data/x.zip is cut short", "data/x.zip is cut short"),
        (r"C:\Users\ann\fer.zip is cut short", "fer.zip is cut short"),
        ("'/a/b/c.csv' and (/d/e.csv)", "'c.csv' and (e.csv)"),
        ("See https://www.kaggle.com/datasets/msambare and/or ~/.kaggle/kaggle.json, 1 / 2.", None),
        ("Put it into `data/`, [there](/results) or artifacts/x.", None),
    ],
)
def test_messages_hide_the_servers_folders(text, shown):
    assert hide_folders(text) == (text if shown is None else shown)


def test_folders_with_blanks_are_hidden_where_they_are_known(monkeypatch, tmp_path):
    file = tmp_path / "John Doe" / "fer 2013.zip"
    monkeypatch.setenv("FER2013_PATH", str(file))
    assert hide_folders(f"There is nothing at {file}.") == "There is nothing at fer 2013.zip."


def test_image_of_the_container_holds_no_secrets():
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".streamlit/secrets.toml", ".env", ".git", "data"} <= set(left_out)


def test_documented_settings_exist():
    text = (ROOT / "docs" / "hosting.md").read_text("utf-8")
    named = set(re.findall(r"STREAMLIT_(SERVER_[A-Z_]+)", text))
    known = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace(".", "_").upper() for name in get_config_options()}
    assert len(named) >= 5 and named <= known
    code = "".join(file.read_text("utf-8") for file in (ROOT / "fer_core").rglob("*.py"))
    assert [name for name in set(re.findall(r"\b(FER_[A-Z_]+)", text)) if name not in code] == []


@pytest.mark.parametrize(("setting", "expected"), [({}, "Lax"), ({"XSRF_COOKIE_SAME_SITE": "none"}, "None")])
def test_cookie_against_forged_uploads_can_be_let_into_frames(artifacts, setting, expected):
    settings = {f"STREAMLIT_SERVER_{name}": value for name, value in setting.items()}
    with (
        run_server(artifacts, **settings) as (address, _),
        urllib.request.urlopen(f"{address}/_stcore/health") as reply,
    ):
        cookie = reply.headers["Set-Cookie"]
    assert f"samesite={expected.lower()}" in cookie.lower() and ("secure" in cookie.lower()) == (expected == "None")


def test_uploads_without_cookies_where_the_protection_is_off(artifacts):
    with (
        run_server(artifacts, STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION="false") as (address, _),
        WireVisitor(address) as visitor,
    ):
        visitor.open("predict")
        visitor._token = ""
        visitor.upload("predict-uploads", ("mine.jpg", EXAMPLE.read_bytes()))
        assert visitor.shows("mine.jpg, 1 face marked")


def test_turns_come_in_the_order_of_asking():
    lock, order, threads = FairLock(), [], []

    def work(number: int) -> None:
        with lock:
            order.append(number)

    with lock:
        for number in range(20):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            while len(lock._waiting) <= number:
                time.sleep(0.001)
        assert lock.locked()
    for thread in threads:
        thread.join(10)
    assert order == list(range(20)) and not lock.locked()


def test_whoever_comes_again_at_once_waits_behind_the_others():
    lock, order = FairLock(), []

    def work(name: str) -> None:
        for _ in range(5):
            with lock:
                order.append(name)
                time.sleep(0.01)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    with lock:
        [thread.start() for thread in threads]
        while len(lock._waiting) < 2:
            time.sleep(0.001)
    [thread.join(10) for thread in threads]
    assert sorted(order) == list("aaaaabbbbb") and order[:6] in (list("ababab"), list("bababa"))


def test_an_error_gives_the_turn_back():
    lock = FairLock()
    with pytest.raises(KeyError), lock:
        raise KeyError
    with lock:
        pass
