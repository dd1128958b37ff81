"""The ground floor: what regulators published, read, versioned and compared."""
