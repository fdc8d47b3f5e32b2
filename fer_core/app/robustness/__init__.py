"""The robustness page: what spoiled pictures cost."""
