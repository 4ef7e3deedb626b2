"""Records of objects, which several threads look at."""

from typing import Any

from aws_local.sagemaker.record import StoredRecord


class Watched(StoredRecord):
    """Remembers which status others see while it gets its members."""

    def set(self, **members: Any) -> None:
        self.request["seen"] = self.status
        super().set(**members)


def test_a_status_is_not_seen_before_what_belongs_to_it() -> None:
    record = Watched("ProcessingJob", "j", ("j",), "arn", "us-east-1", {}, 0.0)
    record.update("InProgress")
    record.update("Completed", ExitMessage="CompletedWithViolations")
    assert record.request["seen"] == "InProgress"
    assert (record.status, record.output) == ("Completed", {"ExitMessage": "CompletedWithViolations"})
