"""Read what a site publishes besides its API: feeds, sitemaps and pages.

The run that reads them where the API is closed is `crawler/phases/fallback_run.py`.

| file | what |
|---|---|
| `published.py` | one post as such a source shows it, and its record in the shape of the API |
| `feeds.py` | RSS and Atom |
| `sitemaps.py` | sitemaps and their indexes |
| `pages.py` | public pages: ids, dates, the content |
| `sitemap_reading.py` | all sitemaps of a site: in place of its API, and as a witness |
| `rendering.py` | posts whose content the API leaves out, completed from their pages |
"""
