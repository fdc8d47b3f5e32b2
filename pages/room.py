"""A class votes: a code and a QR code for phones, a face, and bars that grow."""

import streamlit as st

from fer_core.app import loading, router, ui
from fer_core.app.play import room_views
from fer_core.app.play.faces import has_votes
from fer_core.app.play.game_views import find_album
from fer_core.app.sentences import rooms as sentences

router.start(__file__)

ui.page_header("Vote together", sentences.make_host_takeaway(has_votes(find_album()[0])))
ui.show_problems(loading.load_runs().problems)
is_open = room_views.render_host()
if not st.context.is_embedded:
    st.caption(sentences.KEPT, width=ui.TEXT_WIDTH)
    ui.share_note(repeatable=not is_open)
