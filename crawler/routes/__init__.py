"""Lists that plugins publish outside `wp/v2`: which ones are read, and how."""
