"""The about page: model card and responsible use."""
