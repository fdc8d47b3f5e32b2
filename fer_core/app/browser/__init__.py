"""Everything in the visitor's own browser: detector, network, tracking and wording as plain JavaScript modules.

`modules/` holds what runs there; the Python beside it tells it the numbers that both sides share (settings.py), says where
ONNX Runtime Web comes from (runtime.py, fetch.py), hands all of it out (serving.py, component.py), and writes it as a
static page (static_page.py). A test in a real browser compares its answers with Python's.
"""
