"""One run of a crawl: its state, its report, its verdict."""
