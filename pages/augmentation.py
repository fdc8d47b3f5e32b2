"""What the network sees while it trains."""

from fer_core.app import shell, ui

shell.start(__file__)

ui.page_header("Augmentation", "Every training picture is turned, shifted, zoomed and mirrored anew in each epoch.")
