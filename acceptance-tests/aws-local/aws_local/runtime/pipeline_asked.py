"""Steps of pipelines that somebody else carries out: Callback and Lambda.

Sources: SageMaker developer guide, build-and-manage-steps ("Callback step", "Lambda step"); API reference,
SendPipelineExecutionStepSuccess, CallbackStepMetadata, LambdaStepMetadata; the layout of the message: the same page.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from aws_local.services import AwsError, Services

from .pipeline_values import typed

TYPES = ("Callback", "Lambda")


def ask(services: Services, execution: str, body: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Send the message of a Callback step, or invoke the function of a Lambda step. Returns the step's metadata. Raises AwsError."""
    if body["Type"] == "Callback":
        token = uuid.uuid4().hex[:10]
        _send(services, body["SqsQueueUrl"], token, execution, arguments, "Executing")
        return {"Callback": {"CallbackToken": token, "SqsQueueUrl": body["SqsQueueUrl"], "OutputParameters": []}}
    arn = body["FunctionArn"]
    answer = services.call("lambda", "Invoke", {"FunctionName": arn, "Payload": json.dumps(arguments)})
    outputs = [
        {"Name": each["OutputName"], "Value": _text(answer[each["OutputName"]])}
        for each in body.get("OutputParameters", ())
        if each["OutputName"] in answer
    ]
    return {"Lambda": {"Arn": arn, "OutputParameters": outputs}}


def withdraw(services: Services, execution: str, entry: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
    """Tell who works for a Callback step that the execution is to stop."""
    callback = entry["Metadata"]["Callback"]
    _send(services, callback["SqsQueueUrl"], callback["CallbackToken"], execution, arguments, "Stopping")


def _send(
    services: Services, queue: str, token: str, execution: str, arguments: Mapping[str, Any], status: str
) -> None:
    message = {"token": token, "pipelineExecutionArn": execution, "arguments": arguments, "status": status}
    services.call("sqs", "SendMessage", {"QueueUrl": queue, "MessageBody": json.dumps(message)})


def outputs(body: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """What other steps may refer to."""
    types = {each["OutputName"]: each["OutputType"] for each in body.get("OutputParameters", ())}
    told = entry["Metadata"][body["Type"]]["OutputParameters"]
    return {"OutputParameters": {each["Name"]: typed(each["Value"], types.get(each["Name"], "String")) for each in told}}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def failure(error: AwsError, kind: str) -> str:
    """Why a step that could not be asked for failed."""
    what = "sqs:SendMessage" if kind == "Callback" else "lambda:Invoke"
    return f"ClientError: Failed to invoke {what}. Error Details: {error.message}"
