"""Model card, responsible use, sources and licences."""

from fer_core.app import shell, ui

shell.start(__file__)

ui.page_header("About", "What the networks are, what they are not, and what they must not be used for.")
