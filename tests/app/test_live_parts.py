"""Behind the live page: connection servers, the stages of a connection, frames from a camera."""

import gc
import json
import weakref
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest
from PIL import Image

from fer_core.app import loading
from fer_core.app.faces.photo import EXAMPLE
from fer_core.app.hosting import is_local
from fer_core.app.ice import DEFAULT_STUN, load_ice_servers
from fer_core.app.live.link import CONNECTING, FAILED, IDLE, PATIENCE, PLAYING, QUICK, SILENCE, Link, find_problem
from fer_core.app.live.session import LiveSession
from fer_core.app.sentences.camera import DENIED, INSECURE, MISSING, OK
from fer_core.vision import PairedDetector, Predictor
from fer_core.vision.stream import LiveState

TURN = {"urls": "turn:turn.example.org:3478", "username": "me", "credential": "hidden-word"}
TRIO = {"FER_TURN_URL": TURN["urls"], "FER_TURN_USER": "me", "FER_TURN_PASSWORD": "hidden-word"}
CHECKED = {"urls": [TURN["urls"]], "username": "me", "credential": "hidden-word"}


class Clock:
    def __init__(self):
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    "environment, secrets, servers",
    [
        ({}, {}, [{"urls": [DEFAULT_STUN]}]),
        ({"FER_ICE_SERVERS": json.dumps([TURN])}, {"ice_servers": []}, [CHECKED]),
        ({"FER_ICE_SERVERS": "[]"}, {}, []),
        ({}, {"ice_servers": [TURN]}, [CHECKED]),
        (TRIO, {}, [CHECKED]),
        ({}, TRIO, [CHECKED]),
        ({"FER_ICE_SERVERS": '[{"urls": ["stun:a.org", "stuns:b.org:5349"]}]'}, {}, [{"urls": ["stun:a.org", "stuns:b.org:5349"]}]),
    ],
)  # fmt: skip
def test_servers_are_found_wherever_they_are_set(environment, secrets, servers):
    ice = load_ice_servers(environment, secrets, is_local=False)
    assert ice.problem == ""
    assert ice.to_configuration() == {"iceServers": servers}
    assert ice.has_turn == (CHECKED in servers)


@pytest.mark.parametrize(
    "environment, word",
    [
        ({"FER_ICE_SERVERS": "turn:x hidden-word"}, "no JSON"),
        ({"FER_ICE_SERVERS": '"turn:x.org"'}, "no list"),
        ({"FER_ICE_SERVERS": '{"urls": "turn:x.org"}'}, "no list"),
        ({"FER_ICE_SERVERS": '["turn:x.org"]'}, "without"),
        ({"FER_ICE_SERVERS": '[{"urls": []}]'}, "without"),
        ({"FER_ICE_SERVERS": '[{"urls": "https://x.org"}]'}, "'https://x.org'"),
        ({"FER_ICE_SERVERS": '[{"urls": "turn:x.org"}]'}, "user or a password"),
        ({"FER_ICE_SERVERS": '[{"urls": "turn:x.org", "username": "u", "credential": 7}]'}, "user or a password"),
        ({"FER_TURN_USER": "me", "FER_TURN_PASSWORD": "hidden-word"}, "FER_TURN_URL is missing"),
        ({"FER_TURN_URL": "turn:x.org", "FER_TURN_USER": "me"}, "user or a password"),
    ],
)
def test_wrong_servers_are_said_plainly_and_the_default_holds(environment, word):
    ice = load_ice_servers(environment, {}, is_local=False)
    assert word in ice.problem and ice.problem.endswith(".")
    assert "hidden-word" not in ice.problem
    assert ice.to_configuration() == {"iceServers": [{"urls": [DEFAULT_STUN]}]}


def test_nobody_is_asked_on_localhost():
    ice = load_ice_servers({}, {}, is_local=True)
    assert ice.to_configuration() == {"iceServers": []} and ice.describe() == ""


def test_page_says_whom_the_browser_asks():
    assert "asks stun.l.google.com, which tells it its own address" in load_ice_servers({}, {}, False).describe()
    described = load_ice_servers(TRIO, {}, False).describe()
    assert "turn.example.org" in described and "hidden-word" not in described


def test_provider_gives_the_servers_instead_of_fixed_ones():
    keys = {"CLOUDFLARE_TURN_KEY_ID": "key", "CLOUDFLARE_TURN_KEY_API_TOKEN": "token"}
    fixed = {"FER_TURN_URL": "turn:example.org:3478", "FER_TURN_USER": "u", "FER_TURN_PASSWORD": "p"}
    ice = load_ice_servers(keys | fixed, {}, False)
    assert ice.has_turn and ice.to_configuration() is None and "Cloudflare" in ice.describe()
    half = load_ice_servers({"TWILIO_ACCOUNT_SID": "sid"} | fixed, {}, False)
    assert half.to_configuration()["iceServers"][0]["urls"] == ["turn:example.org:3478"]


@pytest.mark.parametrize(
    "host, local",
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("127.evil.org", False), ("example.org", False), (None, False)],
)  # fmt: skip
def test_local_addresses(host, local):
    assert is_local(host) == local


def test_configured_servers_are_what_the_connection_can_use():
    aiortc = pytest.importorskip("aiortc")
    from streamlit_webrtc.config import compile_rtc_configuration

    for environment in ({}, TRIO, {"FER_ICE_SERVERS": "[]"}):
        configuration = load_ice_servers(environment, {}, False).to_configuration()
        aiortc.RTCPeerConnection(compile_rtc_configuration(configuration))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def link(clock) -> Link:
    return Link(clock)


def test_stages_of_a_connection(link, clock):
    assert link.stage == IDLE
    link.note(playing=False, signalling=True)
    assert link.stage == CONNECTING
    link.note(playing=True, signalling=False)
    clock.now += 30
    link.note(playing=True, signalling=False)
    assert link.stage == PLAYING and link.seconds == 30
    link.note(playing=False, signalling=False)
    assert link.stage == IDLE


@pytest.mark.parametrize("seconds, stage", [(QUICK + 1, FAILED), (QUICK - 1, IDLE)], ids=["given up", "stopped"])
def test_connection_that_never_stood(link, clock, seconds, stage):
    link.note(False, True)
    clock.now += seconds
    for _ in range(2):
        link.note(False, False)
        assert link.stage == stage
    link.note(False, True)
    assert link.stage == CONNECTING


@pytest.mark.parametrize(
    "stage, seconds, camera, state, words",
    [
        (IDLE, 99, OK, {}, None),
        (IDLE, 0, DENIED, {}, "blocked"),
        (IDLE, 0, MISSING, {}, "no camera"),
        (IDLE, 0, INSECURE, {}, "https"),
        (CONNECTING, PATIENCE - 1, OK, {}, None),
        (CONNECTING, PATIENCE, OK, {}, "no relay (TURN) is set up"),
        (FAILED, 0, OK, {}, "UDP"),
        (PLAYING, SILENCE - 1, OK, {}, None),
        (PLAYING, SILENCE, OK, {}, "no picture"),
        (PLAYING, 60, OK, {"frames": 9, "age": 0.1}, None),
        (PLAYING, 60, OK, {"frames": 9, "age": SILENCE}, "stands still"),
        (PLAYING, 60, OK, {"frames": 9, "age": 0.1, "failed": 9}, "no answer"),
        (PLAYING, 60, OK, {"frames": 9, "age": 0.1, "failed": 3}, None),
    ],
)
def test_what_is_said_when_it_does_not_work(link, clock, stage, seconds, camera, state, words):
    link.stage, link.since = stage, clock.now - seconds
    problem = find_problem(link, camera, LiveState([], **state), has_turn=False)
    assert (problem is None) == (words is None)
    assert words is None or words in f"{problem.title} {problem.advice}"


def test_advice_knows_about_a_relay(link, clock):
    link.stage = FAILED
    assert "could not be reached either" in find_problem(link, OK, LiveState([]), has_turn=True).advice


@pytest.fixture(scope="module")
def face() -> np.ndarray:
    """The example as a camera would give it, (480, 640, 3)."""
    photo = Image.open(EXAMPLE).convert("RGB").resize((480, 480))
    picture = Image.new("RGB", (640, 480))
    picture.paste(photo, (0, 0))
    return np.asarray(picture)


@pytest.fixture
def engine(written_artifacts):
    """What loading.load_engine returns, but referred to by nobody else."""
    run = SimpleNamespace(name="compact-s0", learns_votes=False)
    predictor = Predictor(written_artifacts / "compact-s0" / "model.onnx")
    return loading.Engine(run, PairedDetector(), predictor, 0.3, (), None)


@pytest.fixture
def session(engine, clock) -> LiveSession:
    return LiveSession(engine, mirrored=False, clock=clock)


def make_frame(rgb: np.ndarray, number: int = 0) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    frame.pts, frame.time_base = 4500 * number, Fraction(1, 90_000)  # twenty a second
    return frame


def test_frames_come_back_with_answers(session, face):
    frame = session.receive(make_frame(face))
    (track,) = session.read().tracks
    assert track.box[2] < 320
    assert (frame.width, frame.height) == (640, 480)
    assert (frame.to_ndarray(format="rgb24") != face).any()


def test_mirror_turns_the_picture_but_not_the_text(session, face):
    session.mirrored = True
    session.receive(make_frame(face))
    assert session.read().tracks[0].box[0] > 320


@pytest.mark.parametrize(
    "size, expected", [((1280, 720), (640, 360)), ((720, 1280), (360, 640)), ((320, 240), (320, 240))]
)
def test_large_frames_are_reduced(session, size, expected):
    session.receive(make_frame(np.zeros((size[1], size[0], 3), np.uint8)))
    assert session.read().size == expected


def test_frames_that_queue_up_show_their_age(session, clock):
    black = np.zeros((48, 64, 3), np.uint8)
    for number in range(100):
        session.receive(make_frame(black, number))
        clock.now += 0.05
    assert session.read().age < 0.1
    for number in range(100, 140):  # each arrives 50 ms later than the one before
        clock.now += 0.05
        session.receive(make_frame(black, number))
        clock.now += 0.05
    assert session.read().age == pytest.approx(2.0, abs=0.15)
    session.receive(make_frame(black, 0))  # another camera: its clock begins anew
    assert session.read().age < 0.1


def test_frame_that_is_none_does_no_harm(session, face, caplog):
    assert session.receive(None) is None
    assert "could not be taken" in caplog.text
    session.receive(make_frame(face))
    assert len(session.read().tracks) == 1


def test_closing_lets_go_of_the_network(engine, face):
    session = LiveSession(engine)
    session.receive(make_frame(face))
    references = [weakref.ref(engine.predictor), weakref.ref(engine.detector)]
    object.__setattr__(engine, "predictor", None)
    object.__setattr__(engine, "detector", None)
    assert all(reference() for reference in references)
    session.close()
    gc.collect()
    assert [reference() for reference in references] == [None, None]
    frame = make_frame(face)
    assert session.closed and session.receive(frame) is frame
    assert session.read_timeline()[0] == []
