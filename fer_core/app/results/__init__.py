"""The results page: confusion matrices, scores and the pictures behind a cell."""
