"""Full-text search in Chinese and English."""
