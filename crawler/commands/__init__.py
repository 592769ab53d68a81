"""The commands that this project adds to `scrapy`.

Scrapy imports this package first, and then its modules, which takes a second. Helper processes load
what they need at the same time.
"""

import sys

from crawler.interrupts import end_at_first_interrupt
from crawler.run.helper_processes import load_ahead

if sys.argv[1:2] in (["crawl"], ["doctor"]):
    end_at_first_interrupt("interrupted before anything was asked; nothing has changed")
if sys.argv[1:2] == ["crawl"]:
    load_ahead(sys.argv[2:])
