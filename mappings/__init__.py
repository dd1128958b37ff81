"""The company's side: its catalog, what a change touches, and who is told."""

# The commands of this room: name → (module, help). A module is imported only when its command runs.
COMMANDS: dict[str, tuple[str, str]] = {
    "catalog": ("mappings.cli", "Import the company's data catalog."),
    "map": ("mappings.cli", "Link fields to data types: suggest, accept, reject, check."),
    "transfer": ("mappings.transfer_cli", "Data that leave China: import, list, questions, filings, calendar."),
    "exposure": ("mappings.exposure_cli", "What each transfer must do, by the law in force or a draft."),
    "impact": ("mappings.cli", "Datasets and owners that a change touches."),
    "triage": ("mappings.triage_cli", "Decide which changes owners are told of, and release them."),
    "brief": ("mappings.brief_cli", "The Monday report: what changed, whom it touches, which sources were checked."),
    "publish": ("mappings.publish_cli", "A folder with kb.db and the site, and nothing of the company in it."),
    "saved": ("mappings.saved_cli", "Searches kept by name: add, list, run, drop."),
    "feed": ("mappings.feed_cli", "Atom and JSON feeds; private addresses for owners."),
    "calendar": ("mappings.feed_cli", "Legal dates as iCalendar."),
    "watch": ("mappings.watch_cli", "Digests for the team, previewed over 90 days: add, list, end."),
    "alert": ("mappings.cli", "Tell owners: send, list, ack, verify, bounce, audit."),
    "doctor": ("mappings.keeping_cli", "What is wrong in a workspace, and how to mend it."),
    "backup": ("mappings.keeping_cli", "One more snapshot of the workspace, while it is in use."),
    "restore": ("mappings.keeping_cli", "A new workspace from a backup, checked to the last byte."),
    "metrics": ("mappings.keeping_cli", "Figures for Prometheus."),
    "tidy": ("mappings.keeping_cli", "What may go: copies and pieces, never evidence."),
}
