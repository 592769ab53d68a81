"""The main part of a helper process that finishes pages of records; `finishing.py` starts it."""

from pipelines.helpers.finish import answer
from wparchive.backends.helper_process import serve

if __name__ == "__main__":
    serve(answer)
