"""moto, behind our front: loaded when first needed, patched where it is not like AWS."""

from __future__ import annotations

import gc
import os
import threading
from typing import Any

from .reply import Reply, capture
from .services import AwsError

# Services that this local AWS offers, through moto where not all is ours. Everything else is refused, so that a typo cannot reach a service
# that nobody checked.
SERVED = frozenset(
    {
        "s3",
        "iam",
        "sts",
        "cloudwatch",
        "logs",
        "events",
        "scheduler",
        "sns",
        "sqs",
        "ecr",
        "kms",
        "application-autoscaling",
        "budgets",
        "pricing",
        "resourcegroupstaggingapi",
        "service-quotas",
        "sagemaker-runtime",
        "ec2",
    }
)


class Behind:
    """moto's WSGI application and its back ends."""

    def __init__(self, state: Any) -> None:
        self.state = state
        self._app: Any = None
        self._lock = threading.Lock()

    def load(self) -> Any:
        """Import moto and patch it. Returns its WSGI application."""
        with self._lock:
            if self._app is None:
                # Without it AmazonSageMakerFullAccess and its like do not exist.
                os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
                os.environ["MOTO_ACCOUNT_ID"] = self.state.engine.account_id
                from .patches import clock

                clock.before_import(self.state)
                from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

                from . import patches

                patches.apply(self.state)
                self._app = DomainDispatcherApplication(create_backend_app)
                # What was imported stays: garbage collections need not look through it.
                gc.freeze()
            return self._app

    def __call__(self, call: Any, environ: dict[str, Any]) -> Reply:
        """Let moto answer. An answer of 500 is moto's own failure: it becomes loud and is not retried."""
        app = self.load()
        environ["wsgi.input_terminated"] = True
        from .patches import access

        access.begin(environ, self.state.engine.account_id)
        answer = capture(app, environ)
        if call.service == "s3" and answer.status == 403 and not answer.body:
            # Source: Amazon S3 API reference, List of error codes.
            raise AwsError("AccessDenied", "Access Denied", 403)
        if answer.status >= 500:
            raise AwsError(
                "AwsLocalDefect", f"moto failed in {call.service}:{call.operation}: {answer.body[:500]!r}", 501
            )
        return answer

    def backend(self, service: str, region: str) -> Any:
        """A moto back end. Global services live in the partition `aws`."""
        self.load()
        from moto.backends import get_backend

        return get_backend(service)[self.state.engine.account_id][region]

    @property
    def loaded(self) -> bool:
        """Whether moto has been imported."""
        return self._app is not None

    def existing(self, service: str) -> dict[str, Any]:
        """Region to back end, of those that were ever used. Does not load moto."""
        if self._app is None:
            return {}
        from moto.backends import get_backend

        regions = get_backend(service).get(self.state.engine.account_id)
        return dict(regions) if regions else {}

    def regions_with_alarms(self) -> list[str]:
        """Regions in which CloudWatch alarms exist."""
        return [r for r, backend in self.existing("cloudwatch").items() if backend.__dict__.get("aws_local_alarms")]

    def bucket(self, name: str) -> Any:
        """moto's bucket of that name, or None."""
        backend = self.existing("s3").get("aws")
        return backend.buckets.get(name) if backend is not None else None

    def scaling_targets(self, region: str, endpoint: str) -> list[str]:
        """The variants of an endpoint that are registered with Application Auto Scaling."""
        return [target.resource_id.split("/")[3] for target in self._targets(region, endpoint)]

    def deregister_scaling(self, region: str, endpoint: str) -> None:
        """Deregister every variant of an endpoint."""
        from .front import scaling

        backend = self.existing("applicationautoscaling").get(region)
        for target in self._targets(region, endpoint):
            place = {"ResourceId": target.resource_id, "ScalableDimension": target.scalable_dimension}
            scaling.forget(self.state, region, place)
            backend.deregister_scalable_target(target.service_namespace, target.resource_id, target.scalable_dimension)

    def scalable_targets(self, region: str) -> list[Any]:
        """Every scalable target of a region."""
        backend = self.existing("applicationautoscaling").get(region)
        if backend is None:
            return []
        return [target for by_resource in backend.targets.values() for target in by_resource.values()]

    def _targets(self, region: str, endpoint: str) -> list[Any]:
        prefix = f"endpoint/{endpoint}/variant/"
        return [target for target in self.scalable_targets(region) if target.resource_id.startswith(prefix)]

    def check_role(self, arn: str, region: str) -> None:
        """Refuse a role that SageMaker could not assume: absent, too new, or not trusting sagemaker.amazonaws.com."""
        from .roles import assumable

        if not assumable(self, arn):
            # Source: terraform-provider-aws, internal/service/sagemaker, which retries on its beginning.
            raise AwsError(
                "ValidationException",
                f"Could not assume role {arn}. Please ensure that the role exists and allows principal "
                "'sagemaker.amazonaws.com' to assume the role.",
            )
