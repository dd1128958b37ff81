"""Document → law: numbered lines, the outline they make, and the tree of provisions."""
