"""The archive as web pages, read-only: Starlette serves what the reading library answers.

question.py   what a visitor asks, and its facets: addresses to questions, and back
drawing.py    templates, and what every page needs
pages.py      the pages about posts
overviews.py  the pages about sites, runs and copies, and all lists
event_pages.py  what happened: a page, a list, a feed
app.py        the addresses, and what guards them
"""
