"""What a document says of itself (title, dates, issuers), and which work and version that makes it."""
