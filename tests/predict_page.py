"""How tests use the predict page: a photo to bring, the uploader, and the table of answers."""

import io

from PIL import Image
from streamlit.testing.v1 import AppTest

from fer_core.app.faces import photo


def read_example(side: int = 256) -> bytes:
    buffer = io.BytesIO()
    Image.open(photo.EXAMPLE).resize((side, side)).save(buffer, "JPEG")
    return buffer.getvalue()


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    for name, data in files:
        app.file_uploader(key="predict-uploads").upload(name, data, "image/jpeg")
    return app.run()


def read_table(app: AppTest):
    """The table of every face, unfolded as a visitor does."""
    app.session_state["predict-take-away"] = True
    app.run()
    (frame,) = (frame for fold in app.expander if fold.label.startswith("Every face") for frame in fold.dataframe)
    return frame.value
