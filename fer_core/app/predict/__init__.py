"""The predict page: photos in, faces and answers out."""
