"""Seven expressions to act, three seconds each, scored by the network."""

import streamlit as st

from fer_core.app import loading, router, ui
from fer_core.app.faces import answering
from fer_core.app.play import act_views
from fer_core.app.sentences import acting as sentences

router.start(__file__)

run = answering.require_run("Act it", sentences.TAKEAWAY)
ui.page_header("Act it", sentences.TAKEAWAY)
ui.show_problems(loading.load_runs().problems)
act_views.render_round(loading.load_engine(run.name))
act_views.render_board()
st.caption(f"{sentences.HONEST} Points and names stay in this visit's memory.", width=ui.TEXT_WIDTH)
answering.render_caution(run)
ui.share_note(repeatable=False)
