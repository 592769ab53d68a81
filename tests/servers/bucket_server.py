"""Servers with one bucket on this machine: of S3's protocol (moto), and of Google Cloud Storage's.

with s3_server() as bucket:    # or google_server()
    ...    # bucket.address, bucket.environment, bucket.names(), bucket.put(), bucket.delete()
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch
from urllib.request import Request, urlopen

from botocore.session import get_session
from gcp_storage_emulator.server import create_server
from google.cloud.storage import Client
from moto.server import ThreadedMotoServer


@dataclass(frozen=True)
class BucketServer:
    """The running server, asked by a client as anybody's program asks it."""

    address: str
    """That of a folder `files` in its bucket."""
    environment: Mapping[str, str]
    """What leads a client there."""
    names: Callable[[], list[str]]
    """Returns the names of all that is in the bucket."""
    put: Callable[[str, bytes], object]
    """Puts bytes under a name."""
    delete: Callable[[str], object]
    """Deletes what has a name."""
    refuse_after: Callable[[float], object] = lambda requests: None
    """Refuses everybody after so many requests more. S3 only, as the next ones."""
    powerless: Callable[[], dict[str, str]] = dict
    """Returns the keys of an account that may do nothing, once it is refused what it may not."""
    vanish: Callable[[], object] = lambda: None
    """Removes the bucket with all that is in it."""


@contextmanager
def s3_server() -> Iterator[BucketServer]:
    """Serve an empty bucket of S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        # What another server of this process was given would still be there.
        _post(f"http://{host}:{port}/moto-api/reset")
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

        def powerless() -> dict[str, str]:
            iam = get_session().create_client(
                "iam",
                aws_access_key_id="name",
                aws_secret_access_key="secret",
                endpoint_url=environment["AWS_ENDPOINT_URL"],
                region_name="us-east-1",
            )
            iam.create_user(UserName="nobody")
            made = iam.create_access_key(UserName="nobody")["AccessKey"]
            return {
                "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
            }

        def names() -> list[str]:
            found = client.list_objects_v2(Bucket="bucket").get("Contents", ())
            return [one["Key"] for one in found]

        def vanish() -> None:
            for name in names():
                client.delete_object(Bucket="bucket", Key=name)
            client.delete_bucket(Bucket="bucket")

        yield BucketServer(
            "s3://bucket/files",
            environment,
            names=names,
            put=lambda name, data: client.put_object(Bucket="bucket", Key=name, Body=data),
            delete=lambda name: client.delete_object(Bucket="bucket", Key=name),
            refuse_after=lambda requests: _post(
                f"http://{host}:{port}/moto-api/reset-auth", str(requests)
            ),
            powerless=powerless,
            vanish=vanish,
        )
    finally:
        _post(f"http://{host}:{port}/moto-api/reset-auth", "inf")
        server.stop()


def _post(address: str, text: str = "") -> None:
    headers = {"Content-Type": "text/plain"}
    urlopen(Request(address, method="POST", data=text.encode(), headers=headers)).close()


@contextmanager
def google_server() -> Iterator[BucketServer]:
    """Serve an empty bucket of Google Cloud Storage."""
    with create_server("127.0.0.1", 0, in_memory=True, default_bucket="bucket") as server:
        port = server._api._httpd.server_address[1]
        environment = {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}"}
        with patch.dict(os.environ, environment):
            client = Client(project=None)
        bucket = client.bucket("bucket")
        try:
            yield BucketServer(
                "gs://bucket/files",
                environment,
                names=lambda: [blob.name for blob in bucket.list_blobs()],
                put=lambda name, data: bucket.blob(name).upload_from_string(data),
                delete=lambda name: bucket.blob(name).delete(),
            )
        finally:
            client.close()
