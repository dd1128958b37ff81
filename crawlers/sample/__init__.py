"""A sample of the three agencies' sites, served on loopback: their markup in form, texts of our own, all marked 示例.

The demo and the tests crawl it over HTTP. Nothing here is the wording of an agency, and no crawler module imports it.
"""
