"""The rival: uploads a folder with boto3's transfer manager, all files through one pool of threads.

Usage: boto3_upload.py ENDPOINT FOLDER BUCKET THREADS
"""

from __future__ import annotations

import sys
from pathlib import Path

import boto3
from boto3.s3.transfer import TransferConfig, create_transfer_manager
from botocore.config import Config


def main(endpoint: str, folder: str, bucket: str, threads: str) -> None:
    """Upload; an upload that fails raises."""
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(s3={"addressing_style": "path"}, max_pool_connections=int(threads)),
    )
    root = Path(folder)
    with create_transfer_manager(client, TransferConfig(max_concurrency=int(threads))) as manager:
        uploads = [
            manager.upload(str(file), bucket, f"data/{file.relative_to(root)}")
            for file in sorted(root.rglob("*"))
            if file.is_file()
        ]
        for upload in uploads:
            upload.result()


if __name__ == "__main__":
    main(*sys.argv[1:])
