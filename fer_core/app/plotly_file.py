"""The Plotly package's own script, served by this server for parts that draw in the browser by themselves."""

from functools import lru_cache

from fer_core.app import _compat


def serve_plotly(owner: str) -> str:
    """Offer plotly.min.js at this server; returns its address, "" outside of a server.

    Streamlit keeps Plotly to itself, and nothing may come from another host. The file is served as long as the part
    called `owner` is on the page.
    """
    return _compat.serve_bytes(_read_plotly(), "text/javascript", f"{owner}.plotly")


@lru_cache(maxsize=1)
def _read_plotly() -> bytes:
    from plotly.offline import get_plotlyjs

    return get_plotlyjs().encode()
