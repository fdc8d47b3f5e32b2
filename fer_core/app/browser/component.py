"""Live video and photos in the visitor's own browser, as parts of a page: Streamlit components (version 2)."""

from dataclasses import dataclass, field

import streamlit as st

from fer_core.app import shell
from fer_core.app.browser import serving
from fer_core.app.loading import Engine

LOADER = """
// Loads a module of fer_core/app/browser/modules and keeps what it shows from run to run of the page.
const shown = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".seven");
  const here = (address) => new URL(address.replace(/^\\//, ""), document.baseURI).href;
  const { settings } = data;
  for (const name in settings.networks) settings.networks[name] = here(settings.networks[name]);
  for (const name in settings.runtime) settings.runtime[name].url = here(settings.runtime[name].url);
  if (data.example) data.example = here(data.example);

  const entry = shown.get(root) ?? { closed: false };
  entry.data = data;
  if (shown.has(root)) entry.view?.update(data);
  else {
    shown.set(root, entry);
    import(here(data.module)).then(
      (module) => { if (!entry.closed) entry.view = module[data.mount](root, entry.data, setStateValue); },
      () => setStateValue("problem", "engine"),
    );
  }
  return () => {
    entry.closed = true;
    entry.view?.close();
    shown.delete(root);
  };
}
"""
_component = st.components.v2.component(
    "in_the_browser", html='<div class="seven"></div>', css=serving.load_style(), js=LOADER
)


@dataclass(frozen=True)
class LiveResult:
    """What the browser told this page: `problem`, a key of PROBLEMS or ""; `points`, of each face over the last minute:
    rows of (number, seconds, seven probabilities), only where they are shared; `now`: on the same clock.
    """

    problem: str = ""
    points: list = field(default_factory=list)
    now: float = 0.0


def render_live(engine: Engine, key: str, share: bool = False) -> LiveResult:
    """Show live video that is answered in the browser. `share`: whether the numbers, not the video, come back here."""
    data = {
        "settings": serving.serve_settings(engine),
        "module": serving.serve_modules("live.js"),
        "mount": "mountLive",
        "share": share,
    }
    state = _component(key=key, data=data, on_problem_change=_ignore, on_points_change=_ignore)
    told = state.get("points") or {}
    return LiveResult(state.get("problem") or "", told.get("points") or [], told.get("now") or 0.0)


def render_photo(engine: Engine, key: str) -> str:
    """Show a way to bring photos that are answered in the browser; return what is wrong there, a key of PROBLEMS, or ""."""
    data = {
        "settings": serving.serve_settings(engine),
        "module": serving.serve_modules("photo.js"),
        "mount": "mountPhoto",
        "example": serving.serve_file(shell.ASSETS / "example.jpg", "image/jpeg"),
    }
    return _component(key=key, data=data, on_problem_change=_ignore).get("problem") or ""


def _ignore() -> None:
    """Streamlit keeps a value only if something listens to its changes."""
