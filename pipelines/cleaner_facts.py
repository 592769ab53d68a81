"""Facts about the cleaner that can be read without loading it."""

CLEANER_VERSION = 6
"""The version of what the cleaner makes of a given HTML, stored in every cleaned document.

Raise it by one in the commit that changes any output of `clean_html` or `clean_text`. A document
of an older version that only differs because of the cleaner is then no edit of the site. A change
that only makes the cleaner faster, or the code plainer, leaves the version as it is.
"""
MAX_CONTENT_BYTES = 5_000_000
"""How much of one content is cleaned, in UTF-8 bytes. If it is nothing but short tags, that takes
one or two seconds."""
