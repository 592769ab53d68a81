"""The collections of an archive, and the type of their records."""

from datetime import datetime

from wparchive.model.documents import (
    AuthorDocument,
    CommentDocument,
    Kind,
    MediaDocument,
    PostDocument,
    TermDocument,
)
from wparchive.model.file_records import FileRecord
from wparchive.model.history_records import EventRecord, Revision
from wparchive.model.run_records import Failure, ManifestChunk, Run
from wparchive.model.site_records import Lease, RecurringBlock, Site, SiteMemory, WalkCheckpoint


class RemovedPost(PostDocument):
    """A post that was pruned as a duplicate, in `removed`."""

    removed_at: datetime
    """UTC."""


DOCUMENT_TYPES: dict[Kind, type] = {
    "posts": PostDocument,
    "terms": TermDocument,
    "authors": AuthorDocument,
    "media": MediaDocument,
    "comments": CommentDocument,
}
RECORD_TYPES: dict[str, type] = {
    **dict(DOCUMENT_TYPES.items()),
    "revisions": Revision,
    "events": EventRecord,
    "runs": Run,
    "failures": Failure,
    "files": FileRecord,
    "sites": Site,
    "boilerplate": RecurringBlock,
    "site_memory": SiteMemory,
    "leases": Lease,
    "checkpoints": WalkCheckpoint,
    "manifests": ManifestChunk,
}
"""The type of every collection's (table's) records."""
