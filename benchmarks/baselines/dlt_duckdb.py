"""dlt's `rest_api` source into DuckDB.

`python -m benchmarks.baselines.dlt_duckdb SITE FILE [merge|append|replace]` runs a maintained
loader with the configuration that its documentation suggests: pages by their `Link` headers, merged
by id, so that a second run updates what the first one stored, as ours does (`append` only adds
rows).
Records come in as they are, with nested lists in tables of their own. Nothing is cleaned.
"""

import sys
from pathlib import Path
from typing import Literal, cast

import dlt
from dlt.sources.rest_api import rest_api_source
from dlt.sources.rest_api.typing import RESTAPIConfig

Disposition = Literal["merge", "append", "replace"]


def main(site: str, path: str, disposition: str = "merge") -> None:
    """Load all posts of the site into the DuckDB file; dlt's working files go beside it."""
    config: RESTAPIConfig = {
        "client": {"base_url": f"{site}/wp-json/wp/v2/", "paginator": "header_link"},
        "resource_defaults": {
            "primary_key": "id",
            "write_disposition": cast(Disposition, disposition),
        },
        "resources": [
            {
                "name": "posts",
                "endpoint": {
                    "path": "posts",
                    "params": {"per_page": 100, "orderby": "id", "order": "asc"},
                },
            }
        ],
    }
    pipeline = dlt.pipeline(
        "wordpress",
        pipelines_dir=str(Path(path).with_suffix(".dlt")),
        destination=dlt.destinations.duckdb(path),
        dataset_name="wordpress",
    )
    pipeline.run(rest_api_source(config)).raise_on_failed_jobs()


if __name__ == "__main__":
    main(*sys.argv[1:])
