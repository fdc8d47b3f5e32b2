"""The game on its page: a face and seven buttons, then who said what, and at the end what people agree on."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from fer_core.app import dataset_album as albums
from fer_core.app import loading, shell, ui
from fer_core.app.charts.votes import collect_votes, view_votes
from fer_core.app.loading import Engine
from fer_core.app.pictures import enlarge
from fer_core.app.play.faces import MAX_NUMBER, N_FACES, choose_faces
from fer_core.app.play.game import CROWD, YOU, Game
from fer_core.app.sentences import play as sentences
from fer_core.app.theme import ICONS
from fer_core.data import DatasetError
from fer_core.labels import LABELS

NUMBER, GAME = "game-number", "game-state"
FACE_WIDTH = 188
TILE_WIDTH = 110


def choose_number() -> int:
    """Let the visitor choose which ten faces to play; the number is part of the address."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        number = st.number_input(
            "Game", 1, MAX_NUMBER, key=NUMBER, bind="query-params", width=140,
            help="The same number shows everybody the same ten faces: play it together, or send it to a friend.",
        )  # fmt: skip
        st.button("Other faces", icon=":material/casino:", on_click=_choose_other, key="game-other")
    return number


def _choose_other() -> None:
    st.session_state[NUMBER] = int(np.random.default_rng().integers(2, MAX_NUMBER))


def find_album() -> tuple[albums.Album | None, str]:
    """Return FER2013 with its votes where it is at hand, and what is wrong with it where something is."""
    try:
        return (albums.load_album(), "") if loading.find_dataset_path() else (None, "")
    except DatasetError as error:
        return None, str(error)


def get_game(number: int, engine: Engine) -> Game:
    """Return the visitor's game, a new one when number or network have changed. Kept in this visit's memory alone."""
    kept = st.session_state.get(GAME)
    if kept is None or kept[0] != (number, engine.run.name):
        faces = choose_faces(find_album()[0], number)
        with engine.lock:
            answers = engine.predictor.predict(np.stack([face.picture for face in faces]))
        kept = st.session_state[GAME] = ((number, engine.run.name), Game(number, faces, answers))
    return kept[1]


@st.fragment
def render_game(number: int, engine: Engine) -> None:
    """Show the game where it stands. A fragment: a press redraws nothing else."""
    with shell.guard():
        game = get_game(number, engine)
        if game.is_over:
            _render_end(game, engine)
        else:
            _render_face(game, engine)


def _render_face(game: Game, engine: Engine) -> None:
    place = game.place
    st.progress(len(game.guesses) / N_FACES, f"Face {place + 1} of {N_FACES}. {_write_score(game)}")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        picture = enlarge(game.faces[place].picture, FACE_WIDTH)
        st.image(
            picture, width=FACE_WIDTH, output_format="PNG", alt=f"Face {place + 1} of this game, 48 by 48 grey pixels"
        )
    with right:
        if game.revealed:
            _render_verdict(game, engine)
        else:
            render_buttons(game.guess, "game")


def _write_score(game: Game) -> str:
    return sentences.describe_score(game.count_right(), len(game.guesses)) if game.guesses else ""


def render_buttons(on_press: Callable[[str], object], key: str, chosen: str | None = None) -> None:
    """Show seven large buttons; the keys 1 to 7 press them. `on_press` gets the label; the `chosen` one stands out."""
    st.markdown("**What would you call this expression?**")
    with st.container(key=f"{key}-answers"), st.grid(2, min_column_width=140, gap="xsmall"):
        for number, label in enumerate(LABELS, 1):
            st.button(
                label.capitalize(), key=f"{key}-{label}", on_click=on_press, args=(label,), icon=ICONS[label],
                shortcut=str(number), width="stretch", type="primary" if label == chosen else "secondary",
            )  # fmt: skip


def _render_verdict(game: Game, engine: Engine) -> None:
    place = game.place
    face, guess = game.faces[place], game.guesses[place]
    icon = ":material/check_circle:" if guess == face.label else ":material/cancel:"
    st.markdown(f"{icon} You say **{guess}**. {sentences.describe_face(game, place)}")
    bars, texts = collect_votes(face.votes, game.answers[place], engine.wording)
    ui.render_small_chart(view_votes(bars, texts, face.label), "game-votes")
    st.caption(sentences.describe_votes(game, place))
    last = place + 1 == N_FACES
    st.button(
        "See the result" if last else "Next face", key="game-next", on_click=game.go_on, type="primary", shortcut="Enter",
        icon=":material/arrow_forward:", width="stretch",
    )  # fmt: skip


def _render_end(game: Game, engine: Engine) -> None:
    right = game.count_right()
    notes = {YOU: "named the label", CROWD: "their first choice is the label"}
    ui.metric_row(
        ui.Metric(name, f"{count} of {N_FACES}", notes.get(name, "named the label")) for name, count in right.items()
    )
    st.markdown(sentences.describe_end(game), width=ui.TEXT_WIDTH)
    if text := sentences.describe_crowd_score(game):
        st.markdown(text, width=ui.TEXT_WIDTH)
    st.markdown(sentences.describe_everybody(_find_agreement(), engine.run), width=ui.TEXT_WIDTH)
    st.caption(
        f"{engine.wording.meaning} Ten faces are few: chance alone moves a score by two or three.", width=ui.TEXT_WIDTH
    )
    with st.container(width=ui.TEXT_WIDTH):
        st.code(sentences.write_share(game, _write_address(game)), language=None, wrap_lines=True)
    with st.container(horizontal=True):
        again = "Play other faces"
        if st.button(again, icon=":material/casino:", on_click=_choose_other, key="game-again", type="primary"):
            st.rerun()  # the number above is not part of this fragment
        ui.page_link("results", "How the network does on all test pictures")
    _render_tiles(game)


def _find_agreement() -> float | None:
    """Return the share of FER2013's test labels that most people name, where the facts say it."""
    try:
        facts = loading.load_facts()
    except DatasetError:
        return None
    return facts.crowd.agreement["test"] if facts and facts.crowd and not facts.drawn else None


def _write_address(game: Game) -> str:
    return f"{(st.context.url or '').partition('?')[0]}?{NUMBER}={game.number}"


def _render_tiles(game: Game) -> None:
    """Show all ten faces again, those that people agree on first."""
    united = game.list_united()
    order = [*united, *(place for place in range(N_FACES) if place not in united)]
    ui.section("All ten again", "Those that people agree on come first." if united else None)
    with st.grid(5, min_column_width=TILE_WIDTH + 10):
        for place in order:
            face, named = game.faces[place], game.list_names(place)
            with st.container(gap="xsmall"):
                st.image(
                    enlarge(face.picture, 2 * TILE_WIDTH), width=TILE_WIDTH, alt=f"Face {place + 1}: label {face.label}"
                )
                said = "  \n".join(f"{name}: {label or 'divided'}" for name, label in named.items())
                st.caption(f"**{face.label.capitalize()}**  \n{said}")
