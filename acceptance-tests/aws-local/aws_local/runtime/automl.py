"""AutoML jobs (V2) on tabular data: three candidates, really trained and compared.

Sources: API reference CreateAutoMLJobV2, AutoMLCandidate, AutoMLJobObjective. The candidates themselves are this tool's
own: SageMaker's are not public.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from aws_local.services import Record, Services

from . import inputs
from .environments import DEFAULT
from .jobs import Settings, shorten
from .sandbox import Control, LogSink, Sandbox
from .script_mode import InputError

LOG_GROUP = "/aws/sagemaker/TrainingJobs"
WORK = "/opt/ml/processing"
MOST_CANDIDATES = 3
IMAGE = "{account}.dkr.ecr.{region}.amazonaws.com/sagemaker-sklearn-automl:2.5-1-cpu-py3"
DEFAULT_LIMIT_SECONDS = 86400


class AutoMLRun:
    """One AutoML job from start to end."""

    def __init__(self, services: Services, record: Record, settings: Settings, control: Control):
        self.services, self.record, self.settings, self.control = services, record, settings, control
        self.request = record.request

    def run(self) -> None:
        """Do everything; every way to end sets the final status."""
        config = self.request.get("AutoMLProblemTypeConfig") or {}
        if "TabularJobConfig" not in config:
            kind = next(iter(config), "no AutoMLProblemTypeConfig")
            self._end("Failed", FailureReason=f"ClientError: this local AWS trains TabularJobConfig, not {kind}")
            return
        self.record.update("InProgress", AutoMLJobSecondaryStatus="AnalyzingData")
        # The job names no image, so its program runs in the default environment.
        sandbox = Sandbox(self.services, f"automl-{self.record.name}", DEFAULT)
        try:
            self._run_in(sandbox, config["TabularJobConfig"])
        except InputError as error:
            self._end("Failed", FailureReason=shorten(f"ClientError: {error}"))
        finally:
            sandbox.remove()

    def _run_in(self, sandbox: Sandbox, config: dict[str, Any]) -> None:
        folders: dict[str, str | None] = {"train": None, "validation": None}
        for channel in self.request["AutoMLJobInputDataConfig"]:
            name = "validation" if channel.get("ChannelType") == "validation" else "train"
            folders[name] = f"{WORK}/{name}"
            inputs.download_source(self.services, channel["DataSource"]["S3DataSource"], sandbox.make(f"{WORK}/{name}"))
        criteria = config.get("CompletionCriteria", {})
        spec = {
            **{name: folder and sandbox.rewrite(folder) for name, folder in folders.items()},
            "target": config["TargetAttributeName"],
            "problem": config.get("ProblemType"),
            "metric": self.request.get("AutoMLJobObjective", {}).get("MetricName"),
            "candidates": min(criteria.get("MaxCandidates", MOST_CANDIDATES), MOST_CANDIDATES),
            "output": sandbox.rewrite(f"{WORK}/output"),
        }
        output = sandbox.make(f"{WORK}/output")
        sandbox.host(f"{WORK}/spec.json").write_text(json.dumps(spec))
        shutil.copy(Path(__file__).with_name("automl_script.py"), sandbox.root / "home")
        self.record.update("InProgress", AutoMLJobSecondaryStatus="ModelTuning")
        outcome = sandbox.run(
            ["python", str(sandbox.root / "home" / "automl_script.py"), f"{WORK}/spec.json"],
            {},
            WORK,
            LogSink(self.services, LOG_GROUP, f"{self.record.name}/algo-1-{int(self.services.clock.now())}"),
            self.control,
            limit_seconds=float(criteria.get("MaxAutoMLJobRuntimeInSeconds", DEFAULT_LIMIT_SECONDS)),
            grace_seconds=self.settings.stop_grace_seconds,
        )
        if outcome.ending == "abort":
            return
        if outcome.ending != "exit":
            self._end("Stopped")
        elif outcome.exit_code != 0:
            self._end("Failed", FailureReason=shorten(f"AlgorithmError: {outcome.reason()}"))
        else:
            self._publish(output)

    def _publish(self, output: Path) -> None:
        """Upload the candidates and name the best."""
        result = json.loads((output / "result.json").read_text())
        base = inputs.join_uri(self.request["OutputDataConfig"]["S3OutputPath"], self.record.name)
        now = self.services.clock.now()
        made = []
        for item in result["candidates"]:
            uri = inputs.join_uri(base, item["name"], "model.tar.gz")
            self.services.s3_put(uri, inputs.pack(output / item["name"]), "application/x-tar")
            container = {
                "Image": IMAGE.format(account=self.services.account_id, region=self.services.region),
                "ModelDataUrl": uri,
                "Environment": {
                    "SAGEMAKER_PROGRAM": "inference.py",
                    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
                },
            }
            made.append(
                {
                    "CandidateName": f"{self.record.name}-{item['name']}"[:64],
                    "FinalAutoMLJobObjectiveMetric": {
                        "Type": "Minimize" if result["minimize"] else "Maximize",
                        "MetricName": result["metric"],
                        "Value": item["value"],
                    },
                    "ObjectiveStatus": "Succeeded",
                    "CandidateSteps": [],
                    "CandidateStatus": "Completed",
                    "InferenceContainers": [container],
                    "CreationTime": now,
                    "EndTime": now,
                    "LastModifiedTime": now,
                }
            )
        sign = -1 if result["minimize"] else 1
        made.sort(key=lambda item: sign * item["FinalAutoMLJobObjectiveMetric"]["Value"], reverse=True)
        self.record.private["candidates"] = made
        objective = {"MetricName": result["metric"]}
        resolved = {"AutoMLJobObjective": objective, "AutoMLProblemTypeResolvedAttributes": {
            "TabularResolvedAttributes": {"ProblemType": result["problem"]}}}  # fmt: skip
        self._end("Completed", BestCandidate=made[0], ResolvedAttributes=resolved)

    def _end(self, status: str, **members: Any) -> None:
        if not self.control.abort.is_set():
            self.record.update(status, AutoMLJobSecondaryStatus=status, EndTime=self.services.clock.now(), **members)
