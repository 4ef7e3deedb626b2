"""The files of a release, as Terraform Registry and OpenTofu Registry want them.

Source: HashiCorp, "Publish providers to the Terraform Registry", on manually preparing a release.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
import zipfile
from pathlib import Path

NAME = "terraform-provider-mlops"
# What Rust calls a platform, and what the registries do: those of deny.toml.
PLATFORMS = {
    "x86_64-unknown-linux-gnu": "linux_amd64",
    "aarch64-unknown-linux-gnu": "linux_arm64",
    "aarch64-apple-darwin": "darwin_arm64",
    "x86_64-pc-windows-msvc": "windows_amd64",
}
# Terraform's plugin protocol, as the provider speaks it.
PROTOCOL = "6.0"
# Before it no entry of a zip can be.
EARLIEST = 315532800


def package(directory: Path, version: str, platform: str, binary: Path, texts: dict[str, str], when: int) -> Path:
    """Writes the zip of a platform. Equal contents make equal bytes: names, order, modes and times do not depend on the files
    that they are read from. `when` is the time of all entries, in seconds since 1970."""
    suffix = ".exe" if platform.startswith("windows_") else ""
    contents = {name: (text.encode(), 0o644) for name, text in texts.items()}
    contents[f"{NAME}_v{version}{suffix}"] = (binary.read_bytes(), 0o755)
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{NAME}_{version}_{platform}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, (content, mode) in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, time.gmtime(max(when, EARLIEST))[:6])
            entry.create_system = 3  # Unix: otherwise the mode would not count.
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path


def finish(directory: Path, version: str, key: str | None = None) -> list[Path]:
    """Writes the manifest and the checksums of all platforms that are there, and signs these with a GPG key if one is named."""
    manifest = directory / f"{NAME}_{version}_manifest.json"
    manifest.write_text(json.dumps({"version": 1, "metadata": {"protocol_versions": [PROTOCOL]}}, indent=2) + "\n")
    listed = [*sorted(directory.glob(f"{NAME}_{version}_*.zip")), manifest]
    sums = directory / f"{NAME}_{version}_SHA256SUMS"
    sums.write_text("".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in listed))
    signature = sums.with_name(f"{sums.name}.sig")
    # A signature of former checksums must not stay beside new ones.
    signature.unlink(missing_ok=True)
    if not key:
        return [*listed, sums]
    # The registry wants the signature in binary form.
    subprocess.run(
        ["gpg", "--batch", "--local-user", key, "--output", signature, "--detach-sign", sums], check=True
    )
    return [*listed, sums, signature]
