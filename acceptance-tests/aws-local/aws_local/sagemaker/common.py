"""Small helpers that several kinds share."""

from __future__ import annotations

import json
import random
import string
from typing import Any

from ..roles import user_arn
from ..services import AwsError
from .kind import Refusal

ACK = "ACK SageMaker generator.yaml, errors.404"
TPA = "terraform-provider-aws, internal/service/sagemaker/find.go"
CLOUDFORMATION = "aws-cloudformation-resource-providers-sagemaker, handler tests"
CODE_ONLY = "service model (code); text ours"
"""Nobody quotes the words in public."""


def user(engine: Any) -> dict[str, Any]:
    """The UserContext of the only caller there is (service model, UserContext.IamIdentity)."""
    return {
        "IamIdentity": {
            "Arn": user_arn(engine.account_id),
            "PrincipalId": "AKIAIOSFODNN7EXAMPLE",
        }
    }


def identifier(engine: Any, counter: str, length: int = 12) -> str:
    """An identifier that looks random and is the same in every run."""
    made = random.Random(f"{counter}/{engine.store.next(counter)}")
    return "".join(made.choice(string.ascii_lowercase + string.digits) for _ in range(length))


def is_json(text: str, what: str) -> Any:
    """The JSON object in `text`. Raises AwsError ValidationException."""
    try:
        value = json.loads(text)
    except ValueError as error:
        # Source: SageMaker developer guide, pipeline definitions and model cards are JSON; text ours.
        raise AwsError("ValidationException", f"Unable to parse {what}: Invalid JSON ({error})") from error
    if not isinstance(value, dict):
        # Source: SageMaker developer guide, pipeline definitions and model cards are JSON; text ours.
        raise AwsError("ValidationException", f"Unable to parse {what}: not a JSON object")
    return value


def missing(noun: str, source: str = ACK) -> Refusal:
    """ResourceNotFound of the newer kinds."""
    return Refusal("ResourceNotFound", f"{noun} [{{key}}] does not exist.", source)


def transition_refused(noun: str, wanted: str, to: str) -> Refusal:
    """The refusal to bring an object into the status `to`, which only those in the statuses `wanted` may come into."""
    return Refusal(
        "ValidationException",
        f"Status ({{status}}) not in ([{wanted}]). Unable to transition to ({to}) for {noun} ({{arn}}).",
        "github.com/hashicorp/terraform-provider-aws issue 16767",
    )
