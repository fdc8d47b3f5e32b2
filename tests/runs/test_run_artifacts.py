"""Round trip of a run folder."""

import numpy as np
import pandas as pd

from fer_core.runs.artifacts import load_run


def test_round_trip(run, run_parts):
    config, history, metrics, predictions = run_parts
    again = load_run(run.path)
    assert again.config == {"schema": 1, **config}
    assert again.metrics == metrics
    pd.testing.assert_frame_equal(again.history, history)
    test = again.predictions("test")
    np.testing.assert_array_equal(test.file, predictions["test_file"])
    np.testing.assert_array_equal(test.label, predictions["test_label"])
    np.testing.assert_array_equal(test.probability, predictions["test_probability"].astype(np.float16))
    assert test.probability.dtype == np.float32 and test.tta_probability is None
