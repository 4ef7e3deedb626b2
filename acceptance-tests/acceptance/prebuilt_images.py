"""AWS's prebuilt container images, from the tables in PyPI's sagemaker-core: which account, repository and tag they have.

    python -m acceptance.prebuilt_images > provider/mlops/src/sagemaker/prebuilt_images/table.json

What the SDK's code does to the tables for some frameworks is done here, so that the provider has one rule for all of them. A tag is
a text with what the user chooses in braces; what is in brackets is left out where nothing is chosen.
"""

from __future__ import annotations

import ast
import json
import logging
import sys
import types
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import botocore.loaders
import botocore.regions

from .installation import ROOT

FILE = ROOT / "provider" / "mlops" / "src" / "sagemaker" / "prebuilt_images" / "table.json"
# Elastic Inference has ended, and nothing else uses these.
ENDED = {"eia"}
GRAVITON = "inference_graviton"
# The tags of these on Graviton are in the SDK's code, not in its tables.
ARM64_TAGS = {"xgboost": "{version}-arm64", "sklearn": "{version}-arm64-cpu-py3"}
# Frameworks whose images are for Graviton only, and what each of their processors is called here.
ARM64 = {"llama-cpp-arm64": {"cpu": "arm64", "gpu": "arm64-gpu"}}
# The SDK says "neuron" or "neuronx" where others say which processor it is, and asks for these by another framework's name.
TOOLS = {"pytorch-neuron": "neuron", "huggingface-neuron": "neuron", "huggingface-neuronx": "neuronx"}
# What ends in the version of Neuron's SDK and the system.
WITH_SDK = ("pytorch-training-neuron", "huggingface-pytorch-inference-neuron", "huggingface-vllm-inference-neuronx")
# What can have a container version although no table says which.
CHOOSES_CONTAINER = {"pytorch-smp", "spark"}


def directory() -> Path:
    """Where sagemaker-core is. It is installed without what it depends on, so that it cannot be imported."""
    found = find_spec("sagemaker")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("sagemaker-core is not installed")
    return next(Path(place, "core") for place in found.submodule_search_locations if Path(place, "core").is_dir())


def configurations() -> dict[str, dict[str, Any]]:
    """The SDK's tables, by framework."""
    files = sorted((directory() / "image_uri_config").glob("*.json"))
    tables = {file.stem: json.loads(file.read_text()) for file in files}
    return {name: table for name, table in tables.items() if scopes(table)}


def scopes(table: dict[str, Any]) -> list[tuple[list[str], dict[str, Any]]]:
    """What images are for, with the table of these images."""
    if "versions" in table:
        return [(table.get("scope", []), table)]
    return [([name], inner) for name, inner in table.items() if isinstance(inner, dict) and "versions" in inner]


def images(framework: str, table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The images of a framework: for each, what selects it, and what it is."""
    for used_for, inner in scopes(table):
        if set(used_for) & ENDED:
            continue
        for full, entry in inner["versions"].items():
            # The SDK takes a version that is also a short form of another one for that.
            aliases = inner.get("version_aliases", {})
            forms = [form for form in dict.fromkeys((full, *aliases)) if aliases.get(form, form) == full]
            if not forms:
                continue
            for base, found in bases(entry):
                for pythons, image in by_python(found):
                    if "sdk_versions" in image and not image["repository"].startswith(WITH_SDK):
                        # The SDK itself does not make its tag: those of Hugging Face for training on Trainium.
                        continue
                    yield {
                        "scopes": ["inference" if scope == GRAVITON else scope for scope in used_for],
                        "versions": [forms],
                        "bases": base,
                        "pythons": pythons,
                        "repository": image["repository"],
                        "registries": image["registries"],
                        "tags": tags(framework, used_for, inner, full, base, pythons, image),
                    }


def bases(entry: dict[str, Any]) -> list[tuple[list[str], dict[str, Any]]]:
    """Hugging Face has images for several versions of other frameworks: their names, the full one first."""
    if any(key.startswith(("pytorch", "tensorflow")) for key in entry):
        aliases = entry.get("version_aliases", {})
        return [
            ([base, *(alias for alias, of in aliases.items() if of == base and alias != base)], image)
            for base, image in entry.items()
            if base != "version_aliases"
        ]
    return [([], entry)]


def by_python(entry: dict[str, Any]) -> list[tuple[list[str], dict[str, Any]]]:
    """Old frameworks have another repository for each version of Python, and the base image of Python its version in the name."""
    if "repository" not in entry:
        return [([python], image) for python, image in entry.items()]
    if entry["repository"] == "sagemaker-base-python":
        return [([python], {**entry, "repository": f"sagemaker-base-python-{python}"}) for python in ("38", "310")]
    return [(entry.get("py_versions") or [], entry)]


def tags(
    framework: str,
    used_for: list[str],
    table: dict[str, Any],
    full: str,
    base: list[str],
    pythons: list[str],
    image: dict[str, Any],
) -> dict[str, str]:
    """The tag for each processor; for no processor if it makes no difference."""
    repository, containers = image["repository"], image.get("container_version", {})
    prefix = image.get("tag_prefix", "{version}")
    if base:
        # Images of the Training Compiler keep the short form of a version, and those for Neuron not even that of the base.
        of = base[0].lstrip("abcdefghijklmnopqrstuvwxyz") if repository.startswith(WITH_SDK) else "{base}"
        prefix = f"{of}-transformers" + ("{version}" if "trcomp" in repository else full)
    python = "-{py}" if pythons and not repository.startswith("sagemaker-base-python") else ""
    if framework == "spark":
        python = "[-{py}]"
    made = {}
    for processor in table.get("processors") or image.get("processors") or [""]:
        shown = TOOLS.get(framework, processor) if image.get("processor_in_tag", True) else ""
        # Triton's images for GPUs are those whose tags say nothing of the processor.
        shown = "" if framework == "sagemaker-tritonserver" and shown == "gpu" else shown
        container = containers.get(processor, "")
        if repository.startswith(WITH_SDK):
            container = f"{max(image['sdk_versions'])}-{container}"
        if repository in (f"{framework}-inference-graviton", f"{framework}-inference-arm64"):
            container += "-sagemaker"
        if not container and (framework in CHOOSES_CONTAINER or base):
            container = "[-{container}]"
        made[processor] = prefix + "".join(f"-{part}" for part in (shown,) if part) + python
        made[processor] += container if container.startswith("[") else f"-{container}" if container else ""
    if GRAVITON in used_for:
        (tag,) = made.values()
        return {"arm64": ARM64_TAGS.get(framework, tag)}
    names = ARM64.get(framework, {})
    # The analyzer of Model Monitor has neither versions nor tags.
    return {names.get(processor, processor): tag if full else "" for processor, tag in made.items()}


def table() -> str:
    """The contents of the file: a line for each account list, and one for all images that differ by their version only."""
    registries: dict[str, int] = {}
    frameworks = []
    for framework, configuration in configurations().items():
        rows: list[dict[str, Any]] = []
        for image in images(framework, configuration):
            accounts: dict[str, list[str]] = {}
            for region, account in sorted(image["registries"].items()):
                accounts.setdefault(account, []).append(region)
            text = json.dumps({account: " ".join(regions) for account, regions in sorted(accounts.items())})
            image["registries"] = registries.setdefault(text, len(registries))
            image = {key: value for key, value in image.items() if value not in ([], "")}
            same = [row for row in rows if {**row, "versions": 0, "scopes": 0} == {**image, "versions": 0, "scopes": 0}]
            one = next((row for row in same if row.get("scopes") == image.get("scopes")), None)
            if one:
                one["versions"].extend(image["versions"])
            else:
                rows.append(image)
        lines = ",\n".join(f"    {json.dumps(row)}" for row in rows)
        frameworks.append(f'  {json.dumps(framework)}: [\n{lines}\n  ]')
    accounts_of = ",\n".join(f"  {text}" for text in registries)
    source = f"sagemaker-core {version('sagemaker-core')}, Apache-2.0, reduced by `python -m acceptance.prebuilt_images`"
    return (
        f'{{"source": {json.dumps(source)},\n"registries": [\n{accounts_of}\n],\n"images": {{\n' + ",\n".join(frameworks) + "\n}}\n"
    )


def sdk() -> types.ModuleType:
    """The SDK's module that makes URIs, with nothing of the SDK behind it but what it needs for that."""
    core = directory()

    def defined(file: str, *names: str) -> dict[str, Any]:
        """Some names of a module, without the rest of it."""
        nodes = ast.parse((core / file).read_text()).body
        of = {target.id: node for node in nodes if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}
        of |= {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
        space: dict[str, Any] = {"re": __import__("re"), "botocore": botocore}
        exec(compile(ast.Module([of[name] for name in names], []), file, "exec"), space)
        return {name: space[name] for name in names}

    def stub(name: str, **names: Any) -> None:
        module = MagicMock(name=name, __path__=[], **names)
        sys.modules[f"sagemaker.core{name}"] = module

    for name in ("", ".jumpstart", ".jumpstart.constants", ".jumpstart.enums", ".jumpstart.artifacts", ".spark"):
        stub(name)
    common = defined("common_utils.py", "get_instance_type_family", "_botocore_resolver")
    # It reads botocore's endpoints for each URI.
    stub(".common_utils", **common | {"_botocore_resolver": cache(common["_botocore_resolver"])})
    stub(".fw_utils", **defined("fw_utils.py", "GRAVITON_ALLOWED_TARGET_INSTANCE_FAMILY", "GRAVITON_ALLOWED_FRAMEWORKS"))
    sys.modules["sagemaker.core"].common_utils = sys.modules["sagemaker.core.common_utils"]
    stub(".spark.defaults", SPARK_NAME="spark")
    sys.modules["sagemaker.core.spark"].defaults = sys.modules["sagemaker.core.spark.defaults"]
    stub(".jumpstart.utils", is_jumpstart_model_input=lambda *_: False)
    stub(".workflow", is_pipeline_variable=lambda _: False)
    stub(".workflow.utilities", override_pipeline_parameter_var=lambda function: function)
    spec = spec_from_file_location("sagemaker.core.image_uris", core / "image_uris.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    logging.getLogger(module.__name__).setLevel(logging.ERROR)
    for name in [name for name in sys.modules if name == "sagemaker.core" or name.startswith("sagemaker.core.")]:
        del sys.modules[name]
    return module


if __name__ == "__main__":
    print(table(), end="")
