"""A face to turn, blur, dim and cover, while two networks answer."""

import streamlit as st

from fer_core.app import loading, router, ui
from fer_core.app.faces import answering
from fer_core.app.play import game_views, toy_views
from fer_core.app.sentences import play as sentences

router.start(__file__)

run = answering.require_run("Play with a face", sentences.TOY_TAKEAWAY)
ui.page_header("Play with a face", sentences.TOY_TAKEAWAY)
ui.show_problems(loading.load_runs().problems)
album, problem = game_views.find_album()
if problem:
    st.warning(problem, icon=":material/folder_off:")

board = st.container()
with st.container(border=True), st.grid(2, min_column_width=300):
    with st.container():
        face = toy_views.choose_face(album)
    with st.container():
        engines = toy_views.choose_engines(run.name)
with board:
    toy_views.render_toy(face, engines)
answering.render_caution(run)
ui.share_note(repeatable=not face.is_own)
