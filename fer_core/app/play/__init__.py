"""Taking part: a game against the network, acting, a face to play with, a room that votes, a voice to imagine."""
