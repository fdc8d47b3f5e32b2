"""A real WebRTC connection within this process, between a camera and the live page's session; and its end."""

import asyncio
import gc
import inspect
import threading
import time
import weakref
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from fer_core.app import loading
from fer_core.app.faces.photo import EXAMPLE
from fer_core.app.ice import IceServers
from fer_core.app.live.session import LiveSession, hold_one_frame
from fer_core.vision import PairedDetector, Predictor

aioice = pytest.importorskip("aioice")
aiortc = pytest.importorskip("aiortc")
av = pytest.importorskip("av")

WAIT = 30  # seconds


class Camera(aiortc.VideoStreamTrack):
    """Shows the example portrait, 20 frames a second."""

    def __init__(self):
        super().__init__()
        self.picture = np.asarray(Image.open(EXAMPLE).convert("RGB").resize((320, 320)))
        self.number = 0

    async def recv(self):
        await asyncio.sleep(0.05)
        frame = av.VideoFrame.from_ndarray(self.picture, format="rgb24")
        frame.pts, frame.time_base = 4500 * self.number, Fraction(1, 90_000)
        self.number += 1
        return frame


@pytest.fixture
def loop():
    """An event loop that runs in a thread of its own, as Streamlit's does."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(WAIT)


def run(loop, work):
    return asyncio.run_coroutine_threadsafe(work, loop).result(WAIT)


def make_worker(session: LiveSession, loop):
    """The server's end of the connection, with the page's callbacks."""
    from aiortc.contrib.media import MediaRelay
    from streamlit_webrtc import WebRtcMode
    from streamlit_webrtc.config import compile_rtc_configuration
    from streamlit_webrtc.webrtc import WebRtcWorker

    async def make_relay():
        return MediaRelay()

    settings = {
        "mode": WebRtcMode.SENDRECV,
        "rtc_configuration": compile_rtc_configuration(IceServers().to_configuration()),
        "video_frame_callback": session.receive,
        "on_video_ended": session.close,
        "async_processing": True,
        "video_receiver_size": 4,
        "audio_receiver_size": 4,
        "sendback_video": True,
        "sendback_audio": False,
        "loop": loop,
        "relay": run(loop, make_relay()),
    }
    return WebRtcWorker(**dict.fromkeys(inspect.signature(WebRtcWorker).parameters) | settings)


async def offer(camera: Camera, returned: list):
    """The browser's end: sends the camera's frames, and notes those that come back."""
    peer = aiortc.RTCPeerConnection(aiortc.RTCConfiguration(iceServers=[]))

    @peer.on("track")
    async def take(track):
        while len(returned) < 5:
            returned.append((await track.recv()).to_ndarray(format="rgb24"))

    peer.addTrack(camera)
    await peer.setLocalDescription(await peer.createOffer())
    return peer


async def crowd(relayed) -> int:
    """Hand a relayed track many frames at once, as if nobody could take them fast enough; how many then wait."""
    for _ in range(20):
        relayed._queue.put_nowait(relayed._frame)
    return relayed._queue.qsize()


def wait_for(condition, what: str) -> None:
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)


def find_threads() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith(("async_media_processor", "remote-video", "process_offer"))]


@pytest.mark.parametrize("who", ["server", "browser"])
def test_video_is_answered_and_its_end_frees_everything(who, loop, written_artifacts):
    if not aioice.ice.get_host_addresses(True, False):
        pytest.skip("this machine has no network interface to connect over")
    predictor, detector = Predictor(written_artifacts / "compact-s0" / "model.onnx"), PairedDetector()
    engine = loading.Engine(SimpleNamespace(name="compact-s0", learns_votes=False), detector, predictor, 0.0, (), None)
    session, returned, camera = LiveSession(engine, mirrored=False), [], Camera()
    worker = make_worker(session, loop)
    peer = run(loop, offer(camera, returned))
    answer = worker.process_offer(peer.localDescription.sdp, peer.localDescription.type, timeout=WAIT)
    hold_one_frame(worker.output_video_track)
    run(loop, peer.setRemoteDescription(answer))

    wait_for(lambda: session.read().tracks and len(returned) == 5, "a face, and frames that come back")
    assert session.read().failed == 0
    assert np.abs(returned[-1].astype(int) - camera.picture).max() > 60  # the answer is drawn on it
    assert find_threads()
    assert run(loop, crowd(worker.output_video_track.track)) <= 1  # a slow machine leaves frames out

    references = [weakref.ref(thing) for thing in (predictor, detector, worker)]
    run(loop, peer.close()) if who == "browser" else worker.stop()
    wait_for(lambda: session.closed, "the session to close")
    wait_for(lambda: not find_threads(), f"threads to end: {find_threads()}")
    run(loop, peer.close())
    del engine, predictor, detector, worker, peer, answer
    wait_for(lambda: gc.collect() * 0 == 0 and not any(r() for r in references), "references to go")
    assert session.read().tracks == [] and session.read_timeline()[0] == []
