"""What is found, in words: one module a subject, for pages, slides and the report. Pure functions."""
