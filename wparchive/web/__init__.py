"""The archive as web pages, read-only: Starlette serves what the reading library answers.

question.py   what a visitor asks: addresses to questions, and questions to addresses
facets.py     counts beside a list, each with the address that narrows the list
charts.py     counts as bars in an SVG picture
pages.py      from a request to a page
app.py        the addresses, and what guards them
"""
