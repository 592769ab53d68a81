"""Look at a site and say what it offers, what is wrong with it, and what to do: `scrapy doctor`."""
