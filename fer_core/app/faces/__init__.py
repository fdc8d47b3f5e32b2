"""What pages about photos, videos and the camera share: examples, answers, cards, and a table to take away."""
