"""The visitor's camera and this server, joined: the streamer, its session, and the servers that help them to meet."""

import os

import streamlit as st

from fer_core.app.hosting import is_local
from fer_core.app.ice import IceServers, load_ice_servers
from fer_core.app.live.link import Link
from fer_core.app.live.session import LiveSession, hold_one_frame
from fer_core.app.loading import Engine

STREAMER, SESSION, LINK = "live-video", "live-session", "live-link"
CAMERA = {"width": {"ideal": 640}, "height": {"ideal": 480}, "frameRate": {"ideal": 24, "max": 30}}
VIDEO = {"autoPlay": True, "playsInline": True, "muted": True, "controls": False, "style": {"width": "100%"}}
WORDS = {
    "start": "Start",
    "stop": "Stop",
    "select_device": "Choose a camera",
    "device_ask_permission": "Let the browser use your camera: it asks near the address bar.",
    "device_not_available": "No camera can be used: none is there, or another program is using it.",
    "device_access_denied": "The browser was told to refuse the camera. Allow it with the symbol in the address bar.",
    "media_api_not_available": "Browsers give a camera only to pages opened over https or on localhost.",
}


class StreamerMissing(RuntimeError):
    """The package that carries live video cannot be imported."""


def load_streamer():
    """Return streamlit_webrtc. Raises StreamerMissing, with what to do."""
    try:
        import streamlit_webrtc
    except ImportError:
        raise StreamerMissing("Live video needs one more package: run `pip install streamlit-webrtc`.") from None
    return streamlit_webrtc


def find_ice_servers() -> IceServers:
    """Return the STUN and TURN servers for this visitor, from the secrets, the environment, or the default."""
    return load_ice_servers(os.environ, _read_secrets(), is_local(_find_hostname()))


def _find_hostname() -> str | None:
    from urllib.parse import urlsplit

    return urlsplit(st.context.url or "").hostname


def _read_secrets() -> dict:
    try:
        return st.secrets.to_dict()
    except Exception:  # noqa: BLE001 - no file, or none that can be read: then there are no secrets
        return {}


@st.cache_resource(show_spinner="Warming up the network", max_entries=4)
def warm_up(run_name: str, signature: tuple, _engine: Engine) -> bool:
    """Let detector and network do their first, slow work before a camera waits for it. Once per server."""
    import numpy as np

    _engine.detector.detect(np.zeros((480, 640, 3), np.uint8), thorough=False)
    _engine.predictor.predict(np.zeros((4, 48, 48), np.uint8))
    return True


def get_session(engine: Engine) -> LiveSession:
    """Return the visitor's session, a new one when the last was closed, answering with `engine`."""
    session = st.session_state.get(SESSION)
    if session is None or session.closed:
        session = st.session_state[SESSION] = LiveSession(engine)
    elif session.run_name != engine.run.name:
        session.change_engine(engine)
    return session


def get_link() -> Link:
    """Return what is remembered of the visitor's connection."""
    return st.session_state.setdefault(LINK, Link())


def render_streamer(session: LiveSession, ice: IceServers) -> Link:
    """Show the video with its Start and Stop, and return how the connection stands."""
    webrtc = load_streamer()
    context = webrtc.webrtc_streamer(
        key=STREAMER,
        mode=webrtc.WebRtcMode.SENDRECV,
        rtc_configuration=ice.to_configuration(),
        media_stream_constraints={"video": CAMERA, "audio": False},
        video_frame_callback=session.receive,
        on_video_ended=session.close,
        async_processing=True,
        video_html_attrs=VIDEO,
        media_toggle_controls=False,
        sendback_audio=False,
        translations=WORDS,
    )
    hold_one_frame(context.output_video_track)
    link = get_link()
    link.note(context.state.playing, context.state.signalling)
    return link
