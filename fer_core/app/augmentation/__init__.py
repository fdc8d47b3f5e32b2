"""The augmentation page: the training's own layers on one face."""
