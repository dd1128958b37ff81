"""Captures and their proof: the archive, the hash chain, checking both, and the way from a fact to its bytes."""
