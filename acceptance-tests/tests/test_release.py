"""What `make release` makes of a binary. Whether the binary is the same wherever it is built takes two builds."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from acceptance.installation import ADDRESSES, ROOT, VERSION, platform_name
from acceptance.terraform import HEAD, Terraform
from release import licenses
from release.__main__ import texts, version
from release.build import Placed, check, environment
from release.package import NAME, finish, package

WHEN = 1790000000
TEXTS = {"LICENSE": "MPL-2.0\n", "LICENSES/third-party.txt": "others\n"}


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    """Something that takes the provider's place: Terraform's `init` runs no provider."""
    file = tmp_path / "provider"
    file.write_bytes(b"\x7fELF" * 1000)
    return file


def test_equal_contents_make_equal_bytes(tmp_path: Path, binary: Path) -> None:
    first = package(tmp_path / "a", "1.2.3", "linux_amd64", binary, TEXTS, WHEN)
    later = tmp_path / "elsewhere"
    later.write_bytes(binary.read_bytes())
    later.chmod(0o600)
    os.utime(later, (1, 1))
    second = package(tmp_path / "b", "1.2.3", "linux_amd64", later, dict(reversed(TEXTS.items())), WHEN)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
    assert sorted(entries) == ["LICENSE", "LICENSES/third-party.txt", f"{NAME}_v1.2.3"]
    assert {entry.date_time for entry in entries.values()} == {(2026, 9, 21, 14, 13, 20)}
    modes = {name: stat.S_IMODE(entry.external_attr >> 16) for name, entry in entries.items()}
    assert modes == {"LICENSE": 0o644, "LICENSES/third-party.txt": 0o644, f"{NAME}_v1.2.3": 0o755}


def test_the_files_are_those_that_the_registry_takes(tmp_path: Path, binary: Path) -> None:
    for platform in ("linux_amd64", "windows_amd64"):
        package(tmp_path / "out", "1.2.3", platform, binary, TEXTS, WHEN)
    package(tmp_path / "out", "1.2.2", "linux_amd64", binary, TEXTS, WHEN)
    made = [file.name for file in finish(tmp_path / "out", "1.2.3")]
    assert made == [
        f"{NAME}_1.2.3_linux_amd64.zip",
        f"{NAME}_1.2.3_windows_amd64.zip",
        f"{NAME}_1.2.3_manifest.json",
        f"{NAME}_1.2.3_SHA256SUMS",
    ]
    manifest = json.loads((tmp_path / "out" / f"{NAME}_1.2.3_manifest.json").read_text())
    assert manifest == {"version": 1, "metadata": {"protocol_versions": ["6.0"]}}
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", made[-1]], cwd=tmp_path / "out", check=True, capture_output=True, text=True
    ).stdout
    assert checked.splitlines() == [f"{name}: OK" for name in made[:-1]]
    with zipfile.ZipFile(tmp_path / "out" / made[1]) as archive:
        assert f"{NAME}_v1.2.3.exe" in archive.namelist()


def test_a_key_signs_the_checksums(tmp_path: Path, binary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GPG itself is not needed to test what it is asked."""
    gpg = tmp_path / "bin" / "gpg"
    gpg.parent.mkdir()
    gpg.write_text('#!/bin/sh\necho "$@" > "$5"\n')
    gpg.chmod(0o755)
    monkeypatch.setenv("PATH", f"{gpg.parent}:{os.environ['PATH']}")
    package(tmp_path / "out", "1.2.3", "linux_amd64", binary, TEXTS, WHEN)
    sums, signature = finish(tmp_path / "out", "1.2.3", "releases@example.com")[-2:]
    assert signature.name == f"{NAME}_1.2.3_SHA256SUMS.sig"
    asked = signature.read_text().split()
    assert asked == ["--batch", "--local-user", "releases@example.com", "--output", str(signature), "--detach-sign", str(sums)]
    assert signature not in finish(tmp_path / "out", "1.2.3")
    assert not signature.exists(), "it does not sign what the checksums are now"


@pytest.mark.every_client
def test_init_takes_the_provider_from_the_zip(tmp_path: Path, binary: Path) -> None:
    """A mirror of packed providers has what a registry has."""
    mirror, stack = tmp_path / "mirror", tmp_path / "stack"
    for address in ADDRESSES:
        package(mirror / address, VERSION, platform_name(), binary, TEXTS, WHEN)
    configuration = tmp_path / "terraform.rc"
    configuration.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
    stack.mkdir()
    (stack / "main.tf").write_text(HEAD)
    Terraform(stack, configuration, {"HOME": str(tmp_path)}).init()
    (installed,) = stack.glob(f".terraform/providers/*/*/*/{VERSION}/*/{NAME}_v{VERSION}")
    assert installed.read_bytes() == binary.read_bytes() and os.access(installed, os.X_OK)
    assert (installed.parent / "LICENSES" / "third-party.txt").read_text() == "others\n"


def test_the_texts_of_all_licenses_are_found() -> None:
    assert version() == VERSION
    found = texts("x86_64-unknown-linux-gnu")
    assert "Mozilla Public License" in found["LICENSE"] and "Rust Standard Library" in found["LICENSES/rust-standard-library.html"]
    third_party = found["LICENSES/third-party.txt"]
    crates = licenses.crates(ROOT, "x86_64-unknown-linux-gnu")
    assert {"aws-sdk-sagemaker", "aws-lc-sys", "tokio"} <= {crate.name for crate in crates}
    assert not {"proptest", "terraform-provider-mlops"} & {crate.name for crate in crates}, "what is not linked, and our own"
    for crate in crates:
        assert f"{crate.name} {crate.version} ({crate.license})" in third_party
        assert all(text in third_party for text in crate.texts())


def test_a_license_without_a_text_is_an_error(tmp_path: Path) -> None:
    def crate(name: str, license: str, repository: str = "https://example.com/a", **files: str) -> licenses.Crate:
        for file, text in files.items():
            place = tmp_path / name / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return licenses.Crate(name, "1.0.0", license, repository, tmp_path / name)

    whole = crate("whole", "MIT", LICENSE="the text", NOTICE="a notice", **{"tests/LICENSE": "of a test", "src/lib.rs": ""})
    sibling, stranger = crate("sibling", "MIT"), crate("stranger", "MIT", "https://example.com/b")
    assert licenses.texts([whole, sibling], "mit") == {"the text": [whole, sibling], "a notice": [whole, sibling]}
    with pytest.raises(licenses.Missing, match=r"stranger 1\.0\.0 \(MIT, https://example\.com/b\) has no text"):
        licenses.texts([whole, stranger], "mit")
    with pytest.raises(licenses.Missing, match="sibling"):
        licenses.texts([whole, crate("sibling", "Apache-2.0")], "mit")


def test_no_place_is_in_the_binary(tmp_path: Path, binary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = {"/home/me/checkout": "/source", "/home/me/checkout/target": "/target"}
    check(binary, places)
    binary.write_bytes(b"...panicked at /home/me/checkout/provider/mlops/src/main.rs...")
    with pytest.raises(Placed, match="/home/me/checkout"):
        check(binary, places)
    monkeypatch.delenv("CARGO_ENCODED_RUSTFLAGS", raising=False)
    monkeypatch.setenv("RUSTFLAGS", "-C target-cpu=native")
    monkeypatch.setenv("CFLAGS", "-O2")
    assert environment(places) == {
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(
            ["-C", "target-cpu=native", "--remap-path-prefix", "/home/me/checkout=/source"]
            + ["--remap-path-prefix", "/home/me/checkout/target=/target"]
        ),
        "CFLAGS": "-O2 -ffile-prefix-map=/home/me/checkout=/source -ffile-prefix-map=/home/me/checkout/target=/target",
    }
