"""A video in, every face's expressions over time out."""

import streamlit as st

from fer_core.app import loading, router, summary, ui
from fer_core.app.faces import answering
from fer_core.app.formats import quote_name
from fer_core.app.video import source, views, working
from fer_core.app.video.tables import list_faces
from fer_core.vision.video import VideoError

router.start(__file__)

answering.require_run("Video", "Bring a short video: every face is followed, and its answers are drawn over time.")

header = st.container()
ui.show_problems(loading.load_runs().problems)
with st.container(border=True):
    file = source.choose_video()
    engine = source.choose_engine()
with header:
    ui.page_header(
        "Video",
        "Bring a short video: every face is followed, and its seven probabilities are drawn over time. Single faces: the "
        f"network {summary.describe_accuracy(engine.run.as_served())}. How far smoothing over time helps was not measured.",
    )
    answering.render_caution(engine.run)
    ui.show_caveats(summary.describe_caveats(engine.run))

if file:
    data = file.read()
    st.session_state[source.CURRENT] = working.make_key(data, engine)
key = st.session_state.get(source.CURRENT)
result = working.find_result(key)
if file and result is None:
    try:
        result = working.answer_video(data, file.name, engine, key)
    except VideoError as error:
        with st.container(key="video-problem"):
            st.warning(
                f"{quote_name(file.name)}: {error}", icon=":material/broken_image:", title="This video cannot be read"
            )

if result is None:
    if not file:
        ui.empty_state("No video yet", "Bring one above, or press an example.", icon="movie")
    st.stop()

ui.section("What it shows", f"{quote_name(result.name)}{f': {file.credit}' if file and file.credit else ''}")
if result.stopped and file:
    st.button(
        "Read it from the beginning",
        key="video-again",
        icon=":material/replay:",
        on_click=working.forget_result,
        args=(key,),
    )
faces = list_faces(result)
views.render_summary(result, faces)
if not faces:
    ui.empty_state(
        "No face found",
        "Faces must look roughly at the camera and be large enough: 90 pixels high in Full HD, 180 in 4K, 30 where the longer "
        "side has 640 or fewer.",
        icon="face_retouching_off",
    )
    st.stop()

views.render_marked(result, faces)
ui.section(
    "Over time", "Smoothed over each face's last frames; the band below says what it answers.", anchor="timeline"
)
views.render_timelines(result, faces)
ui.section("Key frames", "Where an expression is strongest after each change.", anchor="key-frames")
views.render_key_frames(result)
ui.section(
    "Stable frames with the most edges",
    "Key frames as [Mehendale (2020)](https://doi.org/10.1007/s42452-020-2234-1), cited by the study, defines them: of the "
    "frames in which nothing moves, the one with the most edges, because blurred frames have few. One per scene.",
    anchor="stable-frames",
)
views.render_still_frames(result)
ui.section("Every face in a table", anchor="table")
views.render_tables(result, faces)
ui.share_note(repeatable=bool(file and file.credit))
