"""The slides with their notes, and the report to take home."""

from fer_core.app import router, ui

router.start(__file__)

# After the first line, because these import Plotly and all charts.
from fer_core.app.present import plan
from fer_core.app.present.deck import make_slides
from fer_core.app.report import offer
from fer_core.app.story import load_story

story = load_story()
slides = make_slides(story)

ui.page_header("Slides and report", plan.make_takeaway(slides))
ui.show_problems(story.problems)

ui.section(
    "Present",
    "The slides fill the window at any address with `?present=1`; `&slide=5` opens the fifth. The arrow keys, a remote or "
    "a swipe turn them, **N** shows the speaker's notes, **W** opens the notes in a second window with a clock, **F** fills "
    "the screen, **Esc** closes them.",
    anchor="present",
)
plan.render_plan(slides)

ui.section(
    "The report",
    "Everything in one HTML file of about 5 MB, with interactive figures. It opens offline, and the browser's print dialog "
    "turns it into a PDF.",
    anchor="report",
)
offer.render_offer()
ui.share_note()
