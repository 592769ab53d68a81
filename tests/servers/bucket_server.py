"""A server of S3's protocol on this machine (moto), with one bucket.

with bucket_server() as bucket:
    ...    # bucket.client, bucket.address, bucket.environment
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from botocore.session import get_session
from moto.server import ThreadedMotoServer


@dataclass(frozen=True)
class BucketServer:
    """The running server."""

    address: str
    """`s3://bucket/files`."""
    environment: dict[str, str]
    """What leads a client there."""
    client: Any
    """A client of the server that asks it as anybody's program does."""

    def names(self) -> list[str]:
        """Return the names of all that is in the bucket."""
        found = self.client.list_objects_v2(Bucket="bucket")
        return [one["Key"] for one in found.get("Contents", ())]


@contextmanager
def bucket_server() -> Iterator[BucketServer]:
    """Serve an empty bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        # What another server of this process was given would still be there.
        urlopen(Request(f"http://{host}:{port}/moto-api/reset", method="POST")).close()
        environment = {
            "AWS_ACCESS_KEY_ID": "name",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        client = get_session().create_client(
            "s3",
            aws_access_key_id="name",
            aws_secret_access_key="secret",
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
        )
        client.create_bucket(Bucket="bucket")
        yield BucketServer("s3://bucket/files", environment, client)
    finally:
        server.stop()
