"""Eighteen months of three sample agencies, labelled before anything is run, and what a company was told of them.

`wording` writes rules of our own and knows what differs between two of them; `author` and `incidents` lay events over
days (`plot`) and say of
each what must be seen, by whom, from when; `stage` shows the sites of a day; `run` turns the loop; `score` compares.
Nothing here imports what the product decides with, so that a label is never the product's own opinion.
"""
