"""You against the network: ten faces, seven buttons, and what ten people said."""

import streamlit as st

from fer_core.app import loading, router, ui
from fer_core.app.faces import answering
from fer_core.app.play import game_views
from fer_core.app.play.faces import has_votes
from fer_core.app.sentences import play as sentences

router.start(__file__)

album, problem = game_views.find_album()
voted = has_votes(album)
run = answering.require_run("You against the network", sentences.make_game_takeaway(voted))
ui.page_header("You against the network", sentences.make_game_takeaway(voted))
ui.show_problems(loading.load_runs().problems)
if problem:
    st.warning(problem, icon=":material/folder_off:")

board = st.container()
number = game_views.choose_number()
with board:
    game_views.render_game(number, loading.load_engine(run.name))
st.caption(
    f"{sentences.GAME_REAL if voted else sentences.GAME_DRAWN} The keys 1 to 7 press the buttons, Enter goes on. Your answers "
    "stay in this visit's memory and are gone with it.",
    width=ui.TEXT_WIDTH,
)
ui.share_note()
