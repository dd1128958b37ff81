"""The ground floor: what regulators published, read, versioned and compared."""

# The commands of this room: name → (module, help). A module is imported only when its command runs.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("kb.cli", "Make a workspace with a commented config.yml."),
    "add": ("kb.cli", "Record documents that a person obtained by hand."),
    "works": ("kb.cli", "Works with their versions."),
    "show": ("kb.cli", "One work, version, provision or data type in full."),
    "items": ("kb.cli", "The data items of a version."),
    "diff": ("kb.comparing.cli", "Compare two versions or two files."),
    "search": ("kb.searching.cli", "Search provisions and data items, Chinese or English."),
    "resolve": ("kb.lineage.cli", "Which work and stage a title belongs to."),
    "export": ("kb.standards.cli", "A version as JSON-LD or Akoma Ntoso, its items as CSV; all captures as WARC."),
    "review": ("kb.reviewing.cli", "What waits for a person: list, accept, correct, reject."),
    "reread": ("kb.evidence.cli", "Read all captures again with today's readers; tells no owner."),
    "verify": ("kb.evidence.cli", "Check every capture against its digest and the chain."),
}
