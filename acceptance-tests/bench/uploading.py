"""Uploads of a dataset: the provider against boto3, both to a stub that takes whatever comes."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from acceptance.terraform import Terraform

from .figures import CannotMeasure, Figure, spread
from .launcher import Launcher
from .planning import PROVIDER, workspace

RUNS = 3
SMALL_FILES, SMALL_BYTES = 10_000, 10_000
LARGE_FILES, LARGE_BYTES = 10, 90_000_000
# boto3's own default, and as many as the provider has files under way. The faster one is the rival.
THREADS = (10, 32)

DATASET = """
resource "mlops_dataset" "all" {
  bucket = "bench-bucket"
  prefix = "data"
  source = "%s"
}
"""


@dataclass(frozen=True)
class Uploaded:
    """One upload of all files."""

    seconds: float
    # CPU seconds: of the client, and of the stub meanwhile.
    client_cpu: float
    stub_cpu: float
    # The most that the client had resident, in MiB.
    max_rss: float


class Stub:
    """The stub server; ends with the block."""

    def __init__(self, binary: Path) -> None:
        self._process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.endpoint = self._process.stdout.readline().strip()
        if not self.endpoint:
            raise CannotMeasure(f"{binary} ended at once")

    def __enter__(self) -> Stub:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def taken(self) -> tuple[int, int]:
        """Objects and bytes since the last question."""
        with urllib.request.urlopen(f"{self.endpoint}/_stub/stats", timeout=10) as answer:
            stats = json.load(answer)
        return stats["objects"], stats["bytes"]

    def cpu(self) -> float:
        """Seconds of CPU time so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def expect(self, files: int, size: int) -> None:
        """See that exactly these have arrived."""
        taken = self.taken()
        if taken != (files, size):
            raise CannotMeasure(f"{taken[0]} objects of {taken[1]} bytes arrived, not {files} of {size}")


def make_files(directory: Path, scale: float) -> tuple[int, int]:
    """Write the dataset; answer the number of files and their bytes. `scale` shortens the large and thins the small."""
    small, large = max(1, round(SMALL_FILES * scale)), max(20_000_000, round(LARGE_BYTES * scale))
    block = random.Random(1).randbytes(1_000_000)
    for number in range(small):
        folder = directory / "small" / f"{number // 1000:02}"
        folder.mkdir(parents=True, exist_ok=True)
        # A head of its own, so that no two files are equal.
        (folder / f"{number:05}.bin").write_bytes(f"{number:08}".encode() + block[8:SMALL_BYTES])
    (directory / "large").mkdir()
    for number in range(LARGE_FILES):
        with (directory / "large" / f"{number}.bin").open("wb") as file:
            file.write(f"{number:08}".encode() + block[8:])
            for _ in range(large // len(block) - 1):
                file.write(block)
    sizes = [file.stat().st_size for file in directory.rglob("*") if file.is_file()]
    return len(sizes), sum(sizes)


def by_provider(terraform: Terraform, launcher: Launcher, stub: Stub, files: int, size: int) -> Uploaded:
    """`terraform apply` from an empty state: plan, hashes, upload, state."""
    for left in terraform.directory.glob("*.tfstate*"):
        left.unlink()
    launcher.take()
    stub.taken()
    stub_cpu, began = stub.cpu(), time.perf_counter()
    terraform.apply()
    took = time.perf_counter() - began
    stub.expect(files, size)
    used = launcher.take()
    return Uploaded(took, used.cpu, stub.cpu() - stub_cpu, used.max_rss)


def by_boto3(folder: Path, stub: Stub, threads: int, files: int, size: int) -> Uploaded:
    """The rival's script, its start included."""
    script = Path(__file__).with_name("boto3_upload.py")
    command = [sys.executable, str(script), stub.endpoint, str(folder), "bench-bucket", str(threads)]
    stub.taken()
    stub_cpu, began = stub.cpu(), time.perf_counter()
    process = subprocess.Popen(command, env={k: v for k, v in os.environ.items() if not k.startswith("AWS_")})
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise CannotMeasure(f"the boto3 script ended with {process.returncode}")
    stub.expect(files, size)
    return Uploaded(took, used.ru_utime + used.ru_stime, stub.cpu() - stub_cpu, used.ru_maxrss / 1024)


def uploading(directory: Path, cli: Path, launcher: Launcher, stub_binary: Path, scale: float) -> list[Figure]:
    """Both clients in turns."""
    folder = directory / "files"
    files, size = make_files(folder, scale)
    ours: list[Uploaded] = []
    theirs: dict[int, list[Uploaded]] = {threads: [] for threads in THREADS}
    with Stub(stub_binary) as stub:
        environment = {
            "AWS_ENDPOINT_URL": stub.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        terraform = workspace(directory / "dataset", PROVIDER + DATASET % folder, cli, environment)
        for _ in range(RUNS):
            for threads in THREADS:
                theirs[threads].append(by_boto3(folder, stub, threads, files, size))
            ours.append(by_provider(terraform, launcher, stub, files, size))
    shutil.rmtree(folder)
    threads = min(THREADS, key=lambda t: median(u.seconds for u in theirs[t]))
    rival = theirs[threads]
    faster = median(u.seconds for u in rival) / median(u.seconds for u in ours)
    memory = median(u.max_rss for u in ours) / median(u.max_rss for u in rival)
    what = f"upload, {files} files, {size / 1e9:.2f} GB"
    name = f"boto3, {threads} threads"

    def cpu(uploads: list[Uploaded]) -> str:
        return f"{median(u.client_cpu for u in uploads):.1f} s CPU, stub {median(u.stub_cpu for u in uploads):.1f} s"

    return [
        Figure(
            what,
            f"{spread([u.seconds for u in ours], 's')}; {cpu(ours)}",
            f"{name}: {spread([u.seconds for u in rival], 's')}; {cpu(rival)}",
            f">= 2 x as fast (is {faster:.2f} x)",
            faster >= 2,
        ),
        Figure(
            "upload, resident at most",
            spread([u.max_rss for u in ours], "MiB", 0),
            f"{name}: {spread([u.max_rss for u in rival], 'MiB', 0)}",
            f"<= 1/4 (is {memory:.2f})",
            memory <= 0.25,
        ),
    ]
