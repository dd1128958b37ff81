"""What agencies publish: declared sources, spiders by kind of site, captures."""

# The commands of this room: name → (module, help). A module is imported only when its command runs.
COMMANDS: dict[str, tuple[str, str]] = {
    "crawl": ("crawlers.cli", "Crawl declared sources and record what changed."),
    "record": ("crawlers.record_cli", "Save a source's live pages and how they are read, to compare with."),
    "sources": ("crawlers.cli", "Declared sources and their health."),
}
