"""What agencies publish: declared sources, spiders by kind of site, captures."""

# The commands of this room: name → (module, help). A module is imported only when its command runs.
COMMANDS: dict[str, tuple[str, str]] = {
    "crawl": ("crawlers.cli", "Crawl declared sources and record what changed."),
    "sources": ("crawlers.cli", "Declared sources and their health."),
}
