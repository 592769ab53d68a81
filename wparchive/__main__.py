"""`python -m wparchive` is `wparchive`, where the console script is not on the path."""

from wparchive.commands import main

main()
