"""Facial expression recognition on FER2013: data, training, runs, vision, and the parts of the dashboard."""
