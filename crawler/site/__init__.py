"""From any address of a site to the root of its API: `crawler.site.discovery.discover`."""
