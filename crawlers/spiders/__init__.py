"""One module for each kind of site."""
