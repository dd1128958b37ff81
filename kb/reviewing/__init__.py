"""What people decide about what a machine read."""
