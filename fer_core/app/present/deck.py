"""The lesson: all slides in order, with those left out that have nothing to show."""

from fer_core.app.present import closing, findings, opening
from fer_core.app.present.slides import Slide
from fer_core.app.story import Story

ORDER = (
    opening.make_question,
    opening.make_data,
    opening.make_labels,
    opening.make_recipe,
    opening.make_upside_down,
    findings.make_table,
    findings.make_literature,
    findings.make_matrix,
    findings.make_mistakes,
    findings.make_help,
    findings.make_robustness,
    closing.make_limits,
    closing.make_use,
    closing.make_demo,
)


def make_slides(story: Story) -> list[Slide]:
    """Make ten to fourteen slides of one sentence and one chart each."""
    return [slide for make in ORDER if (slide := make(story)) is not None]
