"""What keeps a camera from being used, and what to do about it. No Streamlit."""

from dataclasses import dataclass

OK, DENIED, MISSING, BUSY, INSECURE = "ok", "denied", "missing", "busy", "insecure"


@dataclass(frozen=True)
class Problem:
    """What is wrong, for the visitor: a title and what to do about it."""

    title: str
    advice: str


CAMERA_PROBLEMS = {
    DENIED: Problem(
        "The camera is blocked for this page",
        "Your browser was told to refuse it. Allow the camera with the symbol in the address bar, then press Start.",
    ),
    MISSING: Problem(
        "This device has no camera",
        "The browser finds none. Plug one in (or switch it on) and press Start.",
    ),
    BUSY: Problem(
        "The camera cannot be used now",
        "Another program may be using it. Close that, and press Start.",
    ),
    INSECURE: Problem(
        "No camera at this address",
        "Browsers give a camera only to pages that are opened over https, or on the very machine that serves them.",
    ),
}
