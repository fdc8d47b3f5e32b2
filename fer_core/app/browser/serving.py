"""Modules, networks and runtime at addresses of this server, each named by its content: no browser keeps an old one.

Streamlit's own store of pictures and downloads hands them out; no folder has to be written or opened to the web.
"""

import re
from pathlib import Path

import streamlit as st

from fer_core.app import _compat
from fer_core.app.browser import runtime, settings
from fer_core.app.loading import Engine, read_network, sign_network

MODULES = Path(__file__).parent / "modules"
REFERENCE = re.compile(r'"\./(\w+\.js)"')
"""How one module names another, in an import or for a worker."""


def serve_settings(engine: Engine) -> dict:
    """Return the settings of a network, with addresses; to be called on every run of a page that uses them.

    Addresses begin with a slash and count from where the app is. Raises DetectorError without the detector's weights.
    """
    run = engine.run
    networks = _load_detector_networks() | {"classifier": _read_network(run.name, sign_network(run), run)}
    made = settings.make_settings(engine.predictor.temperature, engine.threshold, run.learns_votes)
    made["networks"] = {
        name: _serve(data, "application/octet-stream", f"browser-{name}") for name, data in networks.items()
    }
    made["runtime"] = _serve_runtime()
    return made


def serve_modules(entry: str) -> str:
    """Return the address of the module `entry` ("live.js"); what it imports stands beside it, under names of its own.

    To be called on every run of a page that uses it.
    """
    return _serve_module(entry, {})


def serve_file(path: Path, mimetype: str) -> str:
    """Return the address of a file."""
    return _serve(_read(str(path), path.stat().st_mtime_ns), mimetype, f"browser-{path.name}")


def load_style() -> str:
    """Return the modules' style sheet."""
    return (MODULES / "style.css").read_text(encoding="utf-8")


def _serve_module(name: str, addresses: dict[str, str]) -> str:
    """Serve what a module names, then the module with their addresses in place of the names."""
    if name not in addresses:
        source = (MODULES / name).read_text(encoding="utf-8")

        def find_address(reference: re.Match) -> str:
            return f'"./{_serve_module(reference[1], addresses).rpartition("/")[2]}"'

        linked = REFERENCE.sub(find_address, source)
        addresses[name] = _serve(linked.encode(), "text/javascript", f"browser-{name}")
    return addresses[name]


def _serve_runtime() -> dict[str, dict]:
    address, folder = runtime.find_address(), runtime.find_folder()
    return {
        role: {
            "url": address + file.name if address else serve_file(folder / file.name, file.mimetype),
            "integrity": file.integrity,
        }
        for role, file in runtime.FILES.items()
    }


def _serve(data: bytes, mimetype: str, place: str) -> str:
    return _compat.serve_bytes(data, mimetype, place)


@st.cache_resource(show_spinner=False)
def _load_detector_networks() -> dict[str, bytes]:
    return settings.make_detector_networks()


@st.cache_resource(show_spinner=False, max_entries=2)
def _read_network(name: str, signature: tuple, _run) -> bytes:
    return read_network(_run)


@st.cache_resource(show_spinner=False, max_entries=8)
def _read(path: str, changed: int) -> bytes:
    """A file's bytes, read once and held once, however many visitors and runs of their pages there are."""
    return Path(path).read_bytes()
