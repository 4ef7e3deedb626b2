"""What both versions of the SDK are driven with."""

from __future__ import annotations

import csv
import os
import pathlib
import time
from collections.abc import Callable

import boto3

BUCKET, ROLE = os.environ["SDK_BUCKET"], os.environ["SDK_ROLE"]
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
INSTANCE = "ml.m5.large"
SOURCE = str(pathlib.Path(__file__).with_name("source"))
METRICS = [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+);"}]
# A flower of species 0.
FLOWER = "5.1,3.5,1.4,0.2"

# The SDKs ask every 5 to 30 seconds. What they wait for takes less than one here.
_sleep = time.sleep
time.sleep = lambda seconds: _sleep(min(seconds, 0.3))


def irises(directory: pathlib.Path) -> tuple[str, str]:
    """A table of irises with its species, and the same without a header and the species."""
    rows = [
        (species, 5 + species + i % 10 / 20, 3.4 - i % 7 / 20, 1.4 + 2 * species, 0.2 + species)
        for species in range(3)
        for i in range(50)
    ]
    table, features = directory / "iris.csv", directory / "features.csv"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([("species", "sl", "sw", "pl", "pw"), *rows])
    with features.open("w", newline="") as file:
        csv.writer(file).writerows(row[1:] for row in rows)
    return str(table), str(features)


def text_of(uri: str) -> str:
    """What an object says."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()


def until(status: str, look: Callable[[], str]) -> None:
    """Waits for a status, as a user has to whom the SDK gives no waiter."""
    for _ in range(200):
        if look() == status:
            return
        time.sleep(0.3)
    raise TimeoutError(f"{look()} and not {status}")


def done(what: str) -> None:
    """Says that something was done, on a line of its own: `each_version.py` reads it."""
    print(f"\ndone: {what}", flush=True)
