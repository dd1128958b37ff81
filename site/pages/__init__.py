"""The pages of the site: what each asks, whom it needs, and in which words it speaks. Plugins only hang them in.

One module per group of pages; `registry` lists them. Questions are functions of kb and mappings; nothing is computed
in a template.
"""
