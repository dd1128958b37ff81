"""What is law on a day: declared works, disputed facts, stages, levels and validity."""
