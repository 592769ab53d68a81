"""Servers on 127.0.0.1 that tests crawl and store into."""
