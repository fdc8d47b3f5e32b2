"""The limits page: labels, training pictures, ingredients."""
