"""A photo in, an answer for every face out."""

from fer_core.app import loading, shell, ui

shell.start(__file__)

ui.page_header("Predict", "Upload a photo or take one: every face gets its box, its crop and seven probabilities.")

engine = loading.load_engine()
if engine is None:
    ui.empty_state(
        "No network to ask yet",
        "Train one with `python train.py compact`; the run that brings a `model.onnx` answers here.",
        icon="model_training",
    )
