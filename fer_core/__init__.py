"""Facial expression recognition on FER2013: data, training, runs, vision, and the parts of the dashboard."""

import os

# ONNX Runtime reports its use to its makers, with an identifier that it keeps in the user's folder, unless this is set
# before it is imported (disable_telemetry_events() comes too late). Here nothing leaves the machine.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
