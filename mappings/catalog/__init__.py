"""What the company has: datasets, fields, owners, and their links to data types."""
