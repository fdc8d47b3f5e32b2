"""The video page: a file in, every face over time out."""
