"""The commands that this project adds to `scrapy`.

Scrapy imports this package first, and then its modules, which takes a second.
"""

import sys

from crawler.interrupts import end_at_first_interrupt

if sys.argv[1:2] in (["crawl"], ["doctor"]):
    end_at_first_interrupt("interrupted before anything was asked; nothing has changed")
