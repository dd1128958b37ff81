"""The company's side: its catalog, what a change touches, and who is told."""
