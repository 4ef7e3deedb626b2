"""What every run of Terraform begins with: launch, schema, configuration; and the size of the binary."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .figures import CannotMeasure, Figure, spread

LAUNCHES = 40
CLIENTS = 10
MB = 1_000_000
COOKIE = {"TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"}
# Static credentials and no check of them: what is left is the provider's own work.
CONFIGURATION = {
    "region": "us-east-1",
    "access_key": "test",
    "secret_key": "test",
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_metadata_api_check": True,
}


def client_certificate() -> str:
    """A certificate like the one that Terraform makes for each provider it starts: P-521, for mutual TLS."""
    key = ec.generate_private_key(ec.SECP521R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA512())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def environment(**more: str) -> dict[str, str]:
    """Of a provider that Terraform starts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    return {**kept, **COOKIE, "PLUGIN_PROTOCOL_VERSIONS": "5,6", **more}


def start(command: list[str], env: dict[str, str]) -> tuple[subprocess.Popen[str], str, float]:
    """Start a program; answer its first line and the seconds until it was there, or until the end of its output."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, line.strip(), time.perf_counter() - began


def end(process: subprocess.Popen[str]) -> None:
    """End a program that was started here."""
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def launch(binary: Path) -> Figure:
    """From launch to handshake, with mutual TLS, next to launching a program that does nothing."""
    env = environment(PLUGIN_CLIENT_CERT=client_certificate())
    ours, floor = [], []
    for _ in range(LAUNCHES):
        process, _, took = start(["/bin/true"], env)
        end(process)
        floor.append(took * 1000)
        process, line, took = start([str(binary)], env)
        end(process)
        if not line.startswith("1|6|unix|") or not line.split("|")[5]:
            raise CannotMeasure(f"{binary} answered {line!r} instead of a handshake with a certificate")
        ours.append(took * 1000)
    more = median(ours) - median(floor)
    against = f"/bin/true: {spread(floor, 'ms')}"
    return Figure("launch to handshake", spread(ours, "ms"), against, f"10 ms more (is {more:.1f})", more <= 10)


def resident(pid: int) -> float:
    """Resident memory of a process, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / MB
    raise CannotMeasure(f"the kernel does not tell the memory of process {pid}")


def call(client: Path, socket: str) -> dict[str, Any]:
    """Run the client once."""
    command = [str(client), socket, json.dumps(CONFIGURATION)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if run.returncode != 0:
        raise CannotMeasure(run.stderr.strip())
    return json.loads(run.stdout)


def calls(binary: Path, client: Path) -> list[Figure]:
    """GetProviderSchema as the first call of a fresh process, and the memory after ConfigureProvider."""
    first, later, floor, memory, before = [], [], [], [], []
    for _ in range(CLIENTS):
        process, line, _ = start([str(binary)], environment())
        try:
            fields = line.split("|")
            if fields[:3] != ["1", "6", "unix"]:
                raise CannotMeasure(f"{binary} answered {line!r} instead of a handshake")
            before.append(resident(process.pid))
            timed = call(client, fields[3])
            # What the calls themselves needed is freed by now.
            memory.append(resident(process.pid))
        finally:
            end(process)
        first.append(timed["first_schema_ms"])
        later.append(median(timed["later_schema_ms"]))
        floor.append(median(timed["health_ms"]))
    return [
        Figure(
            "GetProviderSchema, first call",
            spread(first, "ms", 2),
            f"empty call: {spread(floor, 'ms', 2)}",
            "< 3 ms",
            median(first) < 3,
        ),
        Figure("GetProviderSchema, later calls", spread(later, "ms", 2), f"{median(later) / median(floor):.0f} empty calls"),
        Figure(
            "resident after configure",
            spread(memory, "MB"),
            f"after the handshake: {spread(before, 'MB')}",
            "< 20 MB",
            median(memory) < 20,
        ),
    ]


def size(binary: Path, profile: str) -> Figure:
    """Size of the binary. The aim is for the profile that users get."""
    megabytes = binary.stat().st_size / MB
    reached = megabytes < 25 if profile == "dist" else None
    return Figure(f"binary, profile {profile}", f"{megabytes:.1f} MB", "", "< 25 MB (dist)", reached)
