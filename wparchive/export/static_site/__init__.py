"""A folder of web pages with a search of their own: it opens without a server.

writing.py  the pages of the posts, the lists, and the index that `search.html` reads
lists.py    which posts stand in which list, in a small database beside the pages
"""
