"""A phone in a voting room."""

import streamlit as st

from fer_core.app import router, ui
from fer_core.app.play import room_views
from fer_core.app.sentences import rooms as sentences

router.start(__file__)

ui.page_header("Join by phone", sentences.PHONE_TAKEAWAY)
room_views.render_phone()
st.caption(sentences.KEPT, width=ui.TEXT_WIDTH)
