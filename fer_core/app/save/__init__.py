"""The save menu under every chart: a picture for slides, a vector picture, a live page, the numbers."""
