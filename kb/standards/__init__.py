"""Versions in the standards of the field: ELI-style URIs, schema.org JSON-LD, Akoma Ntoso XML, tables of data items.

The writers are pure: rows of kb.queries in, a value or bytes out. They add nothing that the rows do not say.
"""
