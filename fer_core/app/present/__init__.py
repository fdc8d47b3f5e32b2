"""Present mode: the lesson as slides, computed from the artifacts, drawn full screen in the browser."""
