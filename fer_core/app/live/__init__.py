"""The live page: a camera's video in, the same video with answers out, and a minute's memory of them."""
