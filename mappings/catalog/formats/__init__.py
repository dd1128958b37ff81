"""One importer for each catalog format."""
