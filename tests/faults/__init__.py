"""The fault bench: what real sites do wrong, one kind at a time, and what becomes of a crawl.

| file | what |
|---|---|
| `answers.py` | small functions that change or replace one answer of a site |
| `kind.py` | what a kind is |
| `encodings.py`, `firewalls.py`, `languages.py` | kinds that need more than a line each |
| `unlisted.py`, `witnesses.py` | kinds that do, too |
| `surroundings.py` | kinds of what goes wrong around a crawl |
| `listings.py`, `plugins.py`, `published.py` | faults that do |
| `kinds.py` | the table of all kinds, and what a crawl may make of each |
| `faulty_site.py` | the stand-in site that has one of them |
| `looks.py` | what the doctor says of each site |
| `measure.py` | one crawl of such a site, and what was lost, asked and used |
| `peers.py` | two other ways to read a site, for comparison |
| `__main__.py` | `python -m tests.faults`: the table |
"""
