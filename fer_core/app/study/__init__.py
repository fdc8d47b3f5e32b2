"""The study page: its table beside ours, its network, what it builds on, what reading it closely shows, what it left open."""
