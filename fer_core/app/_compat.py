"""What the dashboard uses of other packages beyond their public interface, each with its reason.

tests/app/test_compat.py fails when one of them moves: then only this file needs another way.
"""

from pathlib import Path


def find_main_script() -> Path | None:
    """Return the script that Streamlit runs for this visitor, or None outside of a run.

    Streamlit does not say publicly whether the router or a file in pages/ was started, and a cold deep link starts the
    latter (shell.start).
    """
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx()
    return None if context is None else Path(context.main_script_path).resolve()


def serve_bytes(data: bytes, mimetype: str, place: str) -> str:
    """Offer bytes at an address of this server while this page is open; return the address, "" outside of a server.

    `place` names the spot on the page. Streamlit serves pictures and downloads this way but has no public call for
    scripts and networks, and nothing may come from another host. A folder for static files would have to be written to.
    """
    from streamlit import runtime

    return runtime.get_instance().media_file_mgr.add(data, mimetype, place) if runtime.exists() else ""


def keep_uploads_in_memory(max_bytes: int) -> None:
    """Have Starlette, under Streamlit's server, keep uploads of up to `max_bytes` in memory.

    By itself it writes files above 1 MB to the disk for a moment, which the privacy note denies. It has no setting.
    """
    from starlette.formparsers import MultiPartParser

    MultiPartParser.spool_max_size = max_bytes


def find_relay_queue(track):
    """Return the queue of frames behind a track that aiortc relays (streamlit-webrtc's outgoing one), or None.

    aiortc has no public way to bound it.
    """
    return getattr(getattr(track, "track", None), "_queue", None)
