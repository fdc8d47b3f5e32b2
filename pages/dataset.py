"""What FER2013 holds."""

from fer_core.app import loading, shell, ui

shell.start(__file__)

ui.page_header("Dataset", "35,887 small grey faces from an image search, each with one of seven labels.")

facts = loading.load_facts()
if facts is None:
    ui.empty_state(
        "No facts about the dataset yet",
        "Bring FER2013 (`FER2013_PATH` or a copy in `data/`) and run `python train.py --facts`.",
        icon="photo_library",
    )
