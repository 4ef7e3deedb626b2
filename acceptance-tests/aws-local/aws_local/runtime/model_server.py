"""One model server: a container of a model, started on loopback, and the way to ask it."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_local.services import AwsError, Services

from . import inputs, processes, script_mode
from .environments import Environment, NoEnvironment
from .sandbox import NOT_ALLOWED, LogSink, Sandbox, environment_of, read_lines
from .script_mode import InputError

MODEL_DIR = "/opt/ml/model"
FLUSH_SECONDS = 0.2


class StartError(Exception):
    """A server that cannot be started; the text is AWS's failure reason."""


@dataclass(frozen=True)
class Answer:
    """What a model server answered."""

    status: int
    body: bytes
    content_type: str
    custom_attributes: str | None
    seconds: float


def containers_of(services: Services, model_name: str) -> list[dict[str, Any]]:
    """The container definitions of a model, a model package's containers in place of its name."""
    request = services.find("Model", model_name).request
    containers = request.get("Containers") or [request.get("PrimaryContainer") or {}]
    resolved = []
    for container in containers:
        package = container.get("ModelPackageName")
        if package:
            described = services.call("sagemaker", "DescribeModelPackage", {"ModelPackageName": package})
            of_package = described["InferenceSpecification"]["Containers"][0]
            variables = {**of_package.get("Environment", {}), **container.get("Environment", {})}
            container = {**of_package, **container, "Environment": variables}
        resolved.append(dict(container))
    return resolved


class ModelServer:
    """A running container of a model."""

    def __init__(
        self,
        services: Services,
        container: Mapping[str, Any],
        *,
        name: str,
        index: int,
        variant: str,
        log: LogSink,
        stopped: threading.Event,
    ):
        self._services, self._container, self._variant, self._log = services, container, variant, log
        self._stopped = stopped
        self._label = "primary" if index == 0 else f"container-{index + 1}"
        self._title = f"container_{index + 1}"
        try:
            self._environment: Environment = environment_of(services, container.get("Image", ""))
        except NoEnvironment as error:
            raise StartError(str(error)) from error
        self._sandbox = Sandbox(services, f"server-{name}", self._environment)
        self._process: Any = None
        self._port = 0

    @property
    def label(self) -> str:
        """The container's name in error texts: `primary`, or its host name in a chain."""
        return str(self._container.get("ContainerHostname", self._label))

    def start(self, timeout_seconds: float) -> None:
        """Download the model, start the server, wait for /ping. Raises StartError with nothing left running."""
        if not self._services.allow_exec:
            self.close()
            raise StartError(NOT_ALLOWED)
        try:
            self._download()
            self._launch()
            self._await_ping(time.monotonic() + timeout_seconds)
        except BaseException:
            self.close()
            raise

    def _download(self) -> None:
        folder = self._sandbox.make(MODEL_DIR)
        source = (self._container.get("ModelDataSource") or {}).get("S3DataSource")
        url = self._container.get("ModelDataUrl")
        try:
            if source and source.get("CompressionType") == "None":
                if not inputs.download_prefix(self._services, source["S3Uri"], folder):
                    raise InputError("no objects")
                url = source["S3Uri"]
            elif source or url:
                url = source["S3Uri"] if source else url
                script_mode.extract_archive(self._services, str(url), folder)
        except InputError as error:
            # Source: github.com/aws-samples/cvat-on-aws-china issue 3 (from real AWS).
            raise StartError(
                f'Failed to download model data for container "{self._title}" from URL: "{url}". Please ensure that'
                " there is an object located at the URL and that the role passed to CreateModel has permissions to"
                " download the object."
            ) from error

    def _launch(self) -> None:
        variables = dict(self._container.get("Environment") or {})
        program = variables.get("SAGEMAKER_PROGRAM")
        directory = variables.get("SAGEMAKER_SUBMIT_DIRECTORY", f"{MODEL_DIR}/code")
        if program is None and self._sandbox.host(f"{MODEL_DIR}/code/inference.py").is_file():
            program = "inference.py"
        port_file = self._sandbox.root / "home" / "port"
        if program is None:
            if not self._environment.entrypoint:
                raise self._unhealthy("the model has neither SAGEMAKER_PROGRAM nor code/inference.py nor an entrypoint")
            self._port = free_port()
            port_file.write_text(str(self._port))
            argv: Sequence[str] = [*self._environment.entrypoint, "serve"]
            # Source: developer guide, multi-model and multi-container contract: SAGEMAKER_BIND_TO_PORT.
            variables["SAGEMAKER_BIND_TO_PORT"] = str(self._port)
        else:
            try:
                directory = script_mode.unpack_sources(self._services, self._sandbox, directory)
            except InputError as error:
                raise self._unhealthy(str(error)) from error
            # The job's Python may not be able to read this package, so it gets a copy of the one file it needs.
            shutil.copy(Path(__file__).with_name("script_server.py"), self._sandbox.root / "home")
            argv = ["python", str(self._sandbox.root / "home" / "script_server.py"), str(port_file)]
        variables |= {
            "SAGEMAKER_PROGRAM": program or "",
            "SAGEMAKER_SUBMIT_DIRECTORY": directory,
            "SAGEMAKER_REGION": self._services.region,
            "SM_MODEL_DIR": MODEL_DIR,
        }
        self._process = self._sandbox.start(argv, variables, MODEL_DIR)
        threading.Thread(target=self._follow, daemon=True).start()
        self._port_file = port_file

    def _follow(self) -> None:
        reader = threading.Thread(target=read_lines, args=(self._process, self._log), daemon=True)
        reader.start()
        while reader.is_alive():
            reader.join(FLUSH_SECONDS)
            if not self._stopped.is_set():
                self._log.flush(everything=not reader.is_alive())

    def _await_ping(self, deadline: float) -> None:
        while not self._stopped.is_set():
            if self._process.poll() is not None:
                raise self._unhealthy(f"the server ended with status {self._process.returncode}")
            if self._port_file.exists():
                self._port = int(self._port_file.read_text())
                with contextlib.suppress(OSError, http.client.HTTPException):
                    if self._ask("GET", "/ping", b"", {}, 2).status == 200:
                        return
            if time.monotonic() >= deadline:
                raise self._unhealthy("the time is up")
            time.sleep(0.02)
        raise self._unhealthy("the endpoint was deleted")

    def _unhealthy(self, detail: str) -> StartError:
        self._log.add(f"aws-local: {detail}")
        self._log.flush(everything=True)
        # Source: github.com/awslabs/llm-hosting-container issue 18 (from real AWS).
        return StartError(
            f"The {self.label} container for production variant {self._variant} did not pass the ping health check."
            " Please check CloudWatch logs for this endpoint."
        )

    def invoke(self, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> Answer:
        """POST /invocations. Raises TimeoutError or OSError when no answer comes."""
        return self._ask("POST", "/invocations", body, headers, timeout_seconds)

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            data = response.read()
            return Answer(
                response.status,
                data,
                response.getheader("Content-Type", "application/octet-stream"),
                response.getheader("X-Amzn-SageMaker-Custom-Attributes"),
                time.perf_counter() - begun,
            )
        finally:
            connection.close()

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self._port}"

    def close(self) -> None:
        """End the server and remove its files."""
        if self._process is not None:
            processes.kill(self._process)
        self._sandbox.remove()


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Chain:
    """The containers of one model, asked one after the other (an inference pipeline; usually there is just one)."""

    def __init__(self, servers: list[ModelServer]):
        self._servers = servers

    @classmethod
    def start(
        cls,
        services: Services,
        model: str | Mapping[str, Any],
        *,
        variant: str,
        log_group: str,
        log_stream: str,
        timeout_seconds: float,
        stopped: threading.Event,
        variables: Mapping[str, str] | None = None,
    ) -> Chain:
        """Start every container of a model (its name, or one container), with further environment variables if any.

        Raises StartError with nothing left running.
        """
        chain = cls([])
        try:
            name = model if isinstance(model, str) else variant
            if isinstance(model, str):
                # It downloads its data and writes its logs with the role of the model.
                services = services.as_role(services.find("Model", model).request.get("ExecutionRoleArn"))
            containers = containers_of(services, model) if isinstance(model, str) else [dict(model)]
            for index, container in enumerate(containers):
                log = LogSink(services, log_group, log_stream)
                container["Environment"] = {**(container.get("Environment") or {}), **(variables or {})}
                server = ModelServer(
                    services, container, name=name, index=index, variant=variant, log=log, stopped=stopped
                )
                chain._servers.append(server)
                server.start(timeout_seconds)
        except AwsError as error:
            chain.close()
            raise StartError(error.message) from error
        except BaseException:
            chain.close()
            raise
        return chain

    def invoke(self, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> tuple[str, Answer]:
        """The container that answered last and its answer; an error of one ends the chain."""
        headers = dict(headers)
        for server in self._servers:
            answer = server.invoke(body, headers, timeout_seconds)
            if answer.status >= 400:
                return server.label, answer
            body, headers["Content-Type"] = answer.body, answer.content_type
        return server.label, answer

    @property
    def urls(self) -> list[str]:
        """Where the servers listen, in the order in which they are asked."""
        return [server.url for server in self._servers]

    def close(self) -> None:
        """End every server."""
        for server in self._servers:
            server.close()
