"""The main part of a helper process that finishes pages of records; see `finish_ahead.py`."""

import pipelines.cleaning.cleaner  # noqa: F401  (loaded before the first question comes)
from pipelines.helpers.finish import answer
from wparchive.backends.helper_process import serve

if __name__ == "__main__":
    serve(answer)
