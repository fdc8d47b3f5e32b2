"""The report: the whole story as one HTML file that stands alone."""
