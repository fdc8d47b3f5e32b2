"""How the connection to the camera stands, and in plain words what to do when it does not."""

import time

from fer_core.app.sentences.camera import CAMERA_PROBLEMS, Problem
from fer_core.vision.stream import LiveState

IDLE, CONNECTING, PLAYING, FAILED = "idle", "connecting", "playing", "failed"
PATIENCE = 8.0  # seconds until a connection that is still being made is called slow
QUICK = 4.0  # a connection that ends sooner was ended by the visitor, not by the network
SILENCE = 4.0  # seconds without a frame until somebody is told


class Link:
    """Remembers how far the connection has got, from what the streamer reports on each run of the page."""

    def __init__(self, clock=time.monotonic):
        self._clock, self.stage, self.since = clock, IDLE, clock()

    def note(self, playing: bool, signalling: bool) -> None:
        """Take the streamer's two flags: video flows; the browser waits for the connection."""
        if playing:
            self._enter(PLAYING)
        elif signalling:
            self._enter(CONNECTING)
        elif self.stage == CONNECTING and self.seconds >= QUICK:
            self._enter(FAILED)
        elif self.stage != FAILED:
            self._enter(IDLE)

    @property
    def seconds(self) -> float:
        """How long the present stage has lasted."""
        return self._clock() - self.since

    def _enter(self, stage: str) -> None:
        if stage != self.stage:
            self.stage, self.since = stage, self._clock()


def find_problem(link: Link, camera: str, state: LiveState, has_turn: bool) -> Problem | None:
    """Return what keeps the video from flowing, or None when nothing is known to.

    `camera`: OK, DENIED, MISSING or INSECURE, as the browser says; `has_turn`: whether a relay is configured.
    """
    if link.stage == PLAYING:
        return _find_silence(link, state)
    if camera in CAMERA_PROBLEMS:
        return CAMERA_PROBLEMS[camera]
    if link.stage == CONNECTING and link.seconds >= PATIENCE:
        return Problem("Still no connection", f"{_explain_network(has_turn)} It may still come; you need not wait.")
    if link.stage == FAILED:
        return Problem("The video could not connect", _explain_network(has_turn))
    return None


def _explain_network(has_turn: bool) -> str:
    way = "Live video travels by UDP, straight between your browser and this server."
    if has_turn:
        return f"{way} Your network blocks it, and the relay (TURN) that is set up here could not be reached either."
    return f"{way} Your network or the server's blocks that, and no relay (TURN) is set up here to get round it."


def _find_silence(link: Link, state: LiveState) -> Problem | None:
    if state.frames == 0 and link.seconds >= SILENCE:
        return Problem(
            "Connected, but no picture comes", "Is the camera covered, asleep, or in use by another program?"
        )
    if state.frames and (state.age or 0) >= SILENCE:
        return Problem("The picture stands still", "The camera or the connection has paused. Press Stop, then Start.")
    if state.frames and state.failed == state.frames:
        return Problem("The frames cannot be read", "The video comes, but no answer can be worked out from it.")
    return None
