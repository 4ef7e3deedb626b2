"""What the SageMaker training toolkit does inside the framework containers: script mode.

Source of names and rules: github.com/aws/sagemaker-training-toolkit (environment.py, params.py, mapping.py, errors.py).
"""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_local.services import AwsError, Services

from .sandbox import Sandbox

CODE_DIR = "/opt/ml/code"
HOST = "algo-1"
GROUP = "homogeneousCluster"
RESERVED_PREFIX = "sagemaker_"


class InputError(Exception):
    """Something the user gave cannot be used; becomes `ClientError: ...` of the job."""


def decode_hyperparameters(raw: Mapping[str, str]) -> dict[str, Any]:
    """Hyperparameter values, which the SageMaker SDK sends JSON-encoded and other clients send as they are."""
    decoded: dict[str, Any] = {}
    for key, value in raw.items():
        try:
            decoded[key] = json.loads(value)
        except ValueError:
            decoded[key] = value
    return decoded


def split_reserved(hyperparameters: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Those for the toolkit (`sagemaker_*`) and those for the script."""
    own = {key: value for key, value in hyperparameters.items() if key.startswith(RESERVED_PREFIX)}
    return own, {key: value for key, value in hyperparameters.items() if key not in own}


def program_of(reserved: Mapping[str, Any], environment: Mapping[str, str]) -> str | None:
    """The script's file name, or None when the job is not in script mode."""
    program = environment.get("SAGEMAKER_PROGRAM") or reserved.get("sagemaker_program")
    return str(program) if program else None


def submit_directory_of(reserved: Mapping[str, Any], environment: Mapping[str, str]) -> str | None:
    """Where the script's sources are: an s3 URI of a tar.gz, or a folder of the container."""
    directory = environment.get("SAGEMAKER_SUBMIT_DIRECTORY") or reserved.get("sagemaker_submit_directory")
    return str(directory) if directory else None


def unpack_sources(services: Services, sandbox: Sandbox, submit_directory: str | None) -> str:
    """Bring the sources into the container; returns the folder the script runs in. Raises InputError."""
    if submit_directory is None:
        sandbox.make(CODE_DIR)
        return CODE_DIR
    if not submit_directory.startswith("s3://"):
        return submit_directory.removeprefix("file://")
    extract_archive(services, submit_directory, sandbox.make(CODE_DIR))
    return CODE_DIR


def extract_archive(services: Services, uri: str, folder: Path) -> None:
    """Unpack a tar archive of S3 into a folder. Raises InputError when it is absent or no such archive."""
    try:
        data = services.s3_get(uri)
    except AwsError as error:
        raise InputError(f"cannot download {uri}: {error.code}: {error.message}") from error
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InputError(f"{uri} is not a tar.gz archive: {error}") from error


def to_arguments(hyperparameters: Mapping[str, Any]) -> list[str]:
    """Command-line arguments: sorted, `--key value`, one dash for one letter; a mapping as `k=v,k=v`."""
    arguments: list[str] = []
    for key in sorted(hyperparameters):
        value = hyperparameters[key]
        if isinstance(value, Mapping):
            text = ",".join(f"{name}={value[name]}" for name in sorted(value))
        else:
            text = "" if value is None else str(value)
        arguments += [f"--{key}" if len(key) > 1 else f"-{key}", text]
    return arguments


def to_variables(values: Mapping[str, Any]) -> dict[str, str]:
    """`SM_` variables: upper-case names, texts as they are, everything else as compact JSON."""
    variables = {}
    for key, value in values.items():
        if value is None:
            text = ""
        elif isinstance(value, str):
            text = value
        else:
            text = json.dumps(value, sort_keys=True, separators=(",", ":"))
        variables[f"SM_{key.upper()}"] = text
    return variables


def resource_config(instance_type: str) -> dict[str, Any]:
    """The content of /opt/ml/input/config/resourceconfig.json for the one host there is."""
    return {
        "current_host": HOST,
        "current_instance_type": instance_type,
        "current_group_name": GROUP,
        "hosts": [HOST],
        "instance_groups": [{"instance_group_name": GROUP, "instance_type": instance_type, "hosts": [HOST]}],
        "network_interface_name": "eth0",
    }


def training_variables(
    *,
    resources: Mapping[str, Any],
    input_data_config: Mapping[str, Any],
    hyperparameters: Mapping[str, Any],
    reserved: Mapping[str, Any],
    program: str | None,
    submit_directory: str | None,
    job_name: str,
) -> dict[str, str]:
    """The SM_* environment the toolkit gives a script."""
    channels = {name: f"/opt/ml/input/data/{name}" for name in input_data_config}
    framework = {key: value for key, value in reserved.items() if key not in TOOLKIT_PARAMETERS}
    values: dict[str, Any] = {
        "hosts": resources["hosts"],
        "network_interface_name": resources["network_interface_name"],
        "hps": dict(hyperparameters),
        "user_entry_point": program,
        "framework_params": framework,
        "resource_config": dict(resources),
        "input_data_config": dict(input_data_config),
        "output_data_dir": "/opt/ml/output/data",
        "channels": sorted(channels),
        "current_host": resources["current_host"],
        "current_instance_type": resources["current_instance_type"],
        "current_instance_group": resources["current_group_name"],
        "current_instance_group_hosts": resources["hosts"],
        "instance_groups": [group["instance_group_name"] for group in resources["instance_groups"]],
        "instance_groups_dict": {group["instance_group_name"]: group for group in resources["instance_groups"]},
        "distribution_instance_groups": [],
        "is_hetero": False,
        "module_name": module_name(program),
        "log_level": reserved.get("sagemaker_container_log_level", 20),
        "input_dir": "/opt/ml/input",
        "input_config_dir": "/opt/ml/input/config",
        "output_dir": "/opt/ml/output",
        "output_intermediate_dir": "/opt/ml/output/intermediate",
        "num_cpus": os.cpu_count() or 1,
        "num_gpus": 0,
        "model_dir": "/opt/ml/model",
        "module_dir": submit_directory or CODE_DIR,
        "user_args": to_arguments(hyperparameters),
    }
    values["training_env"] = {
        "channel_input_dirs": channels,
        "hyperparameters": values["hps"],
        "job_name": job_name,
        **{key: values[key] for key in sorted(values) if key not in ("hps", "user_args", "channels")},
    }
    values |= {f"channel_{name}": path for name, path in channels.items()}
    values |= {f"hp_{key}": value for key, value in hyperparameters.items()}
    return to_variables(values)


def module_name(program: str | None) -> str | None:
    """The script's name as a Python module."""
    return program.removesuffix(".py") if program else None


def script_failure(exit_code: int, message: str, command: str) -> str:
    """The text the toolkit leaves in /opt/ml/output/failure when the script fails (errors.py: _CalledProcessError)."""
    return f'ExecuteUserScriptError:\nExitCode {exit_code}\nErrorMessage "{message}"\nCommand "{command}"'


TOOLKIT_PARAMETERS = frozenset(
    {
        "sagemaker_program",
        "sagemaker_submit_directory",
        "sagemaker_container_log_level",
        "sagemaker_job_name",
        "sagemaker_region",
        "sagemaker_s3_output",
    }
)
"""Reserved hyperparameters the toolkit itself understands; the others are framework parameters (params.py)."""
