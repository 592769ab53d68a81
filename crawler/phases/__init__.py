"""The phases of a crawl, in order: plan, collect, look for vanished objects."""
