"""The search over a whole archive: from all posts to one mark for each copy."""
