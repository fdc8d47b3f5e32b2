"""Pictures of FER2013 on pages: tiles to press, and the dialog that a pressed one opens, the same everywhere."""
