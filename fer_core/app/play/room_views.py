"""A voting room on the wall and on the phones."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import streamlit as st

from fer_core.app import loading, shell, ui
from fer_core.app.charts.votes import collect_votes, view_votes
from fer_core.app.loading import Engine
from fer_core.app.pictures import encode_png, enlarge, make_data_url
from fer_core.app.play import room_address
from fer_core.app.play.faces import N_FACES, PlayFace, choose_faces
from fer_core.app.play.game_views import choose_number, find_album, render_buttons
from fer_core.app.play.rooms import Room, RoomError, Rooms
from fer_core.app.play.visitor import identify
from fer_core.app.sentences import rooms as sentences

PAGE = "room"
CODE, JOINED = "join-code", "join-room"
WALL_SECONDS, PHONE_SECONDS = 0.5, 1.5
"""Between two looks at a room: the wall shows a vote within a second, phones the next face within two."""
PHONE_WIDTH = 144


@dataclass(frozen=True)
class Sizes:
    """Pixels: how wide face and QR code are, and how high the bars."""

    face: int
    qr: int
    bars: int


ON_PAGE, ON_SLIDE = Sizes(face=520, qr=190, bars=330), Sizes(face=380, qr=120, bars=230)
"""As large as a wall wants them; a slide has less room."""


@st.cache_resource(show_spinner=False)
def get_rooms() -> Rooms:
    """Return the rooms of this server, shared by all visitors."""
    return Rooms()


@st.cache_resource(show_spinner=False, max_entries=30)
def load_faces(number: int, has_dataset: bool) -> list[PlayFace]:
    """Return the ten faces of a game, made once for all phones."""
    return choose_faces(find_album()[0], number)


def find_faces(room: Room) -> list[PlayFace]:
    """Return the faces that a room votes on."""
    return load_faces(room.number, loading.find_dataset_path() is not None)


def render_host() -> bool:
    """Show the presenter's side: a way to open a room, then its code, its face and its votes. Returns whether one is open."""
    host = identify()
    if host is None:
        st.caption("One moment.")
        return False
    rooms = get_rooms()
    room = rooms.find_hosted(host)
    if room is None:
        room = _open_room(rooms, host)
    if room is not None:
        render_wall(room)
    return room is not None


def _open_room(rooms: Rooms, host: str) -> Room | None:
    """Open a room when asked; on a slide at once, because there the presenter has turned to it."""
    if st.context.is_embedded:
        number, asked = 1, True
    else:
        number = choose_number()
        asked = st.button("Open a room", type="primary", icon=":material/meeting_room:", key="room-open")
    if not asked:
        return None
    try:
        rooms.open(host, number)
    except RoomError as error:
        st.warning(str(error), icon=":material/meeting_room:")
        return None
    st.rerun()


def _render_code(room: Room, sizes: Sizes) -> None:
    address = room_address.make_join_address(st.context.url or "", PAGE, room.code)
    short = room_address.shorten(room_address.make_join_address(st.context.url or "", PAGE))
    with st.container(horizontal=True, vertical_alignment="center", key="room-code"):
        st.image(room_address.make_qr_code(address), width=sizes.qr, alt=f"QR code that leads to {address}")
        st.markdown(f"{short}  \nCode  \n**{room.code}**", width="content")


@st.fragment(run_every=WALL_SECONDS)
def render_wall(room: Room) -> None:
    """Show the face and the votes on it. Looks again every moment, and redraws nothing else."""
    with shell.guard():
        rooms = get_rooms()
        if rooms.find_hosted(room.host) is not room:
            st.info("This room has closed.", icon=":material/meeting_room:")
            if st.button("Open another", key="room-again"):
                st.rerun()
            return
        faces, sizes = find_faces(room), ON_SLIDE if st.context.is_embedded else ON_PAGE
        face = faces[room.place]
        left, right = st.columns([5, 6], gap="medium")
        with left:
            alt = f"Face {room.place + 1} of {N_FACES}, 48 by 48 grey pixels"
            st.image(_encode(face, sizes.face), width=sizes.face, alt=alt)
        with right:
            _render_code(room, sizes)
            voted = sentences.count_phones(room)
            st.markdown(f"{voted}. {sentences.describe_choice(room, face)}" if room.revealed else voted)
            _render_votes(room, face, sizes.bars)
        _render_controls(rooms, room)
        if text := sentences.describe_standing(room, faces):
            st.caption(text)


@lru_cache(maxsize=40)
def _encode(face: PlayFace, width: int) -> bytes:
    """The face as a wall shows it every moment: encoded once."""
    return encode_png(enlarge(face.picture, width))


def _render_votes(room: Room, face: PlayFace, height: int) -> None:
    counts = room.count_votes()
    total = max(sum(counts), 1)
    bars, texts = {"This class": np.array(counts) / total}, {"This class": [str(n) if n else "" for n in counts]}
    if room.revealed and (engine := loading.load_engine()):
        probability = _ask(room.number, room.place, engine.run.name, engine, face)
        others = collect_votes(face.votes, probability, engine.wording)
        bars, texts = bars | others[0], texts | others[1]
    label = face.label if room.revealed else ""
    ui.render_small_chart(view_votes(bars, texts, label, height), "room-votes")


@st.cache_data(show_spinner=False, max_entries=300)
def _ask(number: int, place: int, run_name: str, _engine: Engine, _face: PlayFace) -> np.ndarray:
    with _engine.lock:
        return _engine.predictor.predict(_face.picture[None])[0]


def _render_controls(rooms: Rooms, room: Room) -> None:
    """Buttons under the face. Each names the face that it leads to, and is another one on each face: while the wall looks
    again and again, Streamlit may deliver one press twice."""
    place = room.place
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Back", key=f"room-back-{place}", icon=":material/arrow_back:", on_click=rooms.go, args=(room, place - 1),
            disabled=place == 0,
        )  # fmt: skip
        if room.revealed:
            st.button(
                "Next face", key=f"room-next-{place}", type="primary", icon=":material/arrow_forward:", on_click=rooms.go,
                args=(room, place + 1), disabled=place + 1 == N_FACES,
            )  # fmt: skip
        else:
            st.button(
                "Show the label", key=f"room-reveal-{place}", type="primary", icon=":material/visibility:",
                on_click=rooms.reveal, args=(room, place),
            )  # fmt: skip
        st.button("Close the room", key="room-close", type="tertiary", on_click=rooms.close, args=(room,))
        st.caption(f"Face {place + 1} of {N_FACES} · {rooms.minutes_left(room)} min left")


def render_phone() -> None:
    """Show a phone's side: a code to enter, then seven buttons."""
    phone = identify()
    if phone is None:
        st.caption("One moment.")
        return
    given = st.query_params.get(room_address.ROOM, "")
    code = st.session_state.get(JOINED)
    if code is None or (given and given != code):
        code = _join(given, phone)
    if code is not None:
        render_ballot(code, phone)


def _join(given: str, phone: str) -> str | None:
    """Join with the code in the address, else ask for one; returns the code of the room that was joined."""
    if not given:
        with st.form("join-form", border=False):
            typed = st.text_input(
                "Code", max_chars=12, key=CODE, placeholder="ABC234", help="It stands beside the QR code."
            )
            st.form_submit_button("Join", type="primary", width="stretch")
        if not typed:
            return None
    try:
        room = get_rooms().join(given or typed, phone)
    except RoomError as error:
        st.warning(str(error), icon=":material/meeting_room:")
        if given:
            st.page_link(shell.page("join"), label="Enter another code", icon=":material/dialpad:")
        return None
    st.session_state[JOINED] = st.query_params[room_address.ROOM] = room.code
    if not given:
        st.rerun()
    return room.code


@lru_cache(maxsize=200)
def _draw(face: PlayFace) -> str:
    """The face as forty phones show it every moment: encoded once."""
    return make_data_url(enlarge(face.picture, PHONE_WIDTH))


def _leave() -> None:
    st.session_state.pop(JOINED, None)
    st.query_params.pop(room_address.ROOM, None)


@st.fragment(run_every=PHONE_SECONDS)
def render_ballot(code: str, phone: str) -> None:
    """Show the face and seven buttons. Looks again every moment, so that the next face comes by itself."""
    with shell.guard():
        rooms = get_rooms()
        room = rooms.find_joined(code, phone)
        if room is None:
            st.info("This room has closed. Thank you for your votes.", icon=":material/meeting_room:")
            if st.button("Join another room", key="join-again"):
                _leave()
                st.rerun()
            return
        place, face = room.place, find_faces(room)[room.place]
        mine = room.votes[place].get(phone)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.image(_draw(face), width=PHONE_WIDTH, alt=f"Face {place + 1} of {N_FACES}, as on the wall")
            with st.container(width="stretch", gap="xsmall"):
                st.markdown(f"**Face {place + 1} of {N_FACES}**")
                st.markdown(f"You said **{mine}**." if mine else "Your vote?")
        if room.revealed:
            st.markdown(sentences.describe_choice(room, face))
            st.caption("The next face comes by itself.")
            return
        render_buttons(lambda label: rooms.vote(room, phone, label, place), "join", chosen=mine)
        st.caption("Press another one to change your mind.")
