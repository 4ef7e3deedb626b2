"""S3: the root elements of answers. moto names them after the operation; boto3 does not look, the SDK for Rust does.

Names: Amazon S3 API Reference, "Response Syntax" of each operation.
"""

from __future__ import annotations

from typing import Any

from . import wrap

ROOTS = {
    "CompleteMultipartUpload": "CompleteMultipartUploadResult",
    "CreateMultipartUpload": "InitiateMultipartUploadResult",
    "DeleteObjects": "DeleteResult",
    "GetBucketAccelerateConfiguration": "AccelerateConfiguration",
    "GetBucketAcl": "AccessControlPolicy",
    "GetBucketCors": "CORSConfiguration",
    "GetBucketLifecycleConfiguration": "LifecycleConfiguration",
    "GetBucketLogging": "BucketLoggingStatus",
    "GetBucketNotificationConfiguration": "NotificationConfiguration",
    "GetBucketRequestPayment": "RequestPaymentConfiguration",
    "GetBucketTagging": "Tagging",
    "GetBucketVersioning": "VersioningConfiguration",
    "GetBucketWebsite": "WebsiteConfiguration",
    "GetObjectAcl": "AccessControlPolicy",
    "GetObjectTagging": "Tagging",
    "ListBuckets": "ListAllMyBucketsResult",
    "ListMultipartUploads": "ListMultipartUploadsResult",
    "ListObjectVersions": "ListVersionsResult",
    "ListObjects": "ListBucketResult",
    "ListObjectsV2": "ListBucketResult",
    "ListParts": "ListPartsResult",
}


def apply(state: Any) -> None:
    """Patch moto's serializer for S3."""
    from moto.core.serialize import S3Serializer

    def result(original: Any) -> Any:
        def named(self: Any, *args: Any) -> Any:
            reply = original(self, *args)
            operation = self.operation_model.name
            root = ROOTS.get(operation)
            if root and isinstance(reply["body"], str):
                body = reply["body"].replace(f"<{operation}Response", f"<{root}", 1)
                reply["body"] = body.replace(f"</{operation}Response>", f"</{root}>")
            return reply

        return named

    wrap(S3Serializer, "_serialized_result_to_response", result)
