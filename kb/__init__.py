"""The ground floor: what regulators published, read, versioned and compared."""

# The commands of this room: name → (module, help). A module is imported only when its command runs.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("kb.cli", "Make a workspace with a commented config.yml."),
    "add": ("kb.cli", "Record documents that a person obtained by hand."),
    "works": ("kb.cli", "Works with their versions."),
    "show": ("kb.cli", "One work, version, provision or data type in full."),
    "items": ("kb.cli", "The data items of a version."),
    "diff": ("kb.compare_cli", "Compare two versions or two files."),
    "search": ("kb.search_cli", "Search provisions and data items, Chinese or English."),
    "resolve": ("kb.resolve_cli", "Which work and stage a title belongs to."),
    "export": ("kb.export_cli", "A version in the field's standards: JSON-LD, Akoma Ntoso, items as CSV."),
    "review": ("kb.review_cli", "What waits for a person: list, accept, correct, reject."),
    "reread": ("kb.evidence_cli", "Read all captures again with today's readers; tells no owner."),
    "verify": ("kb.evidence_cli", "Check every capture against its digest and the chain."),
}
