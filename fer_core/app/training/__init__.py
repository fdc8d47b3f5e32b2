"""The training page: what the curves say, and how the runs were configured."""
