"""The commands that this project adds to `scrapy`.

Scrapy imports this package first, and then its modules, which takes a second. Helper processes load
what they need at the same time.
"""

import sys
from importlib import import_module

from crawler.interrupts import end_at_first_interrupt
from crawler.run.helper_processes import load_ahead

if sys.argv[1:2] in (["crawl"], ["doctor"]):
    end_at_first_interrupt("interrupted before anything was asked; nothing has changed")
if sys.argv[1:2] == ["crawl"]:
    load_ahead(sys.argv[2:])
    # For a message, Scrapy reads the sources of everybody who waits for these modules to be loaded
    # (`inspect.stack`). There are three times as many once our own modules ask for them.
    import_module("scrapy.core.downloader.tls")
    import_module("scrapy.core.downloader.contextfactory")
