"""From any address to the root of a site's API."""
