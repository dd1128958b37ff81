"""A copy of the lexicon with one place changed."""

from pathlib import Path
from shutil import copytree

from mappings.catalog.lexicon import PATH


def changed_lexicon(into: Path, file: str, old: str, new: str) -> Path:
    """The folder of the copy; ``old`` stands in ``file`` and is replaced once."""
    folder = copytree(PATH, into / "words")
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return folder
