"""The provider names the images that AWS's SDK names, for every framework, version and processor that the SDK knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from acceptance import prebuilt_images
from acceptance.terraform import HEAD, Terraform

# The SDK's form of an instance type for each processor, and what it asks for by other names than frameworks.
INSTANCES = {
    "": "ml.m5.large", "cpu": "ml.m5.large", "gpu": "ml.g5.xlarge", "arm64": "ml.c7g.large", "inf": "ml.inf2.xlarge",
    "inf2": "ml.inf2.xlarge", "trn": "ml.trn1.2xlarge", "neuronx": None,
}  # fmt: skip
# The SDK refuses Graviton for these, although all their images are for it.
ONLY_ARM64 = "llama-cpp-arm64"
CONFIGURATION = """
locals {
  cases = jsondecode(file("${path.module}/cases.json"))
}

output "uris" {
  value = [for c in local.cases : try(provider::mlops::prebuilt_image(c.framework, c.version, c.region, c.options), "none")]
}
"""


def test_the_table_is_that_of_the_sdk() -> None:
    told = f"write it: python -m acceptance.prebuilt_images > {prebuilt_images.FILE}"
    assert prebuilt_images.FILE.read_text() == prebuilt_images.table(), told


def cases() -> Iterator[dict[str, Any]]:
    """What can be asked for: each version and short form, for each use, processor and Python, in some region that has it."""
    table = json.loads(prebuilt_images.FILE.read_text())
    for framework, rows in table["images"].items():
        for row in rows:
            regions = sorted(region for regions in table["registries"][row["registries"]].values() for region in regions.split())
            versions = [form for forms in row["versions"] for form in forms]
            chosen = (row.get("scopes") or [None], versions, row["tags"], row.get("pythons") or [None], row.get("bases") or [None])
            for i, (scope, version, processor, python, base) in enumerate(product(*chosen)):
                options = {"image_scope": scope, "py_version": python, "base_framework_version": base}
                if processor:
                    options["instance_type"] = INSTANCES.get(processor)
                if framework == "spark":
                    options["container_version"] = "v1"
                yield {
                    "framework": framework,
                    # Each region comes up, and two runs ask for the same.
                    "region": regions[(i + len(framework) + len(version)) % len(regions)],
                    "version": version or None,
                    "options": {name: value for name, value in options.items() if value},
                }


def told(retrieve: Callable[..., str], case: dict[str, Any]) -> str:
    """What the SDK makes of a case."""
    framework, options = case["framework"], dict(case["options"])
    tool = prebuilt_images.TOOLS.get(framework)
    if tool:
        framework = framework.removesuffix(f"-{tool}")
    if framework == "huggingface-training-compiler":
        framework, options["training_compiler_config"] = "huggingface", {"enabled": True}
    return retrieve(framework, case["region"], version=case["version"], inference_tool=tool, **options)


def test_the_provider_makes_the_uris_of_the_sdk(tmp_path: Path, cli_configuration: Path) -> None:
    sdk = prebuilt_images.sdk()
    asked = [case for case in cases() if case["framework"] not in (ONLY_ARM64, "sagemaker-base-python")]
    wanted = [told(sdk.retrieve, case) for case in asked]
    # What the SDK has a function of its own for.
    for python, region in product(("38", "310"), ("us-east-1", "eu-west-1")):
        asked.append({"framework": "sagemaker-base-python", "version": "1.0", "region": region, "options": {"py_version": python}})
        wanted.append(sdk.get_base_python_image_uri(region, python))
    # What the SDK refuses, the provider refuses.
    for framework, version, region, options in (
        ("pytorch", "2.6", "us-iso-east-1", {"image_scope": "training", "instance_type": "ml.m5.large"}),
        ("pytorch", "2.6", "us-east-1", {"image_scope": "training"}),
        ("pytorch", "1.2.3", "us-east-1", {"image_scope": "training", "instance_type": "ml.m5.large"}),
        ("huggingface-llm", "3.3.6", "us-east-1", {"instance_type": "ml.m5.large"}),
    ):
        case = {"framework": framework, "version": version, "region": region, "options": options}
        with pytest.raises(ValueError, match="Unsupported|Empty"):
            told(sdk.retrieve, case)
        asked.append(case)
        wanted.append("none")
    assert len(asked) > 1000
    (tmp_path / "cases.json").write_text(json.dumps(asked))
    (tmp_path / "main.tf").write_text(HEAD + CONFIGURATION)
    terraform = Terraform(tmp_path, cli_configuration, {})
    terraform.init()
    terraform.apply()
    made = terraform.outputs()["uris"]
    different = [(case, uri, other) for case, uri, other in zip(asked, made, wanted, strict=True) if uri != other]
    assert not different, f"{len(different)} of {len(asked)}: {different[:5]}"
