"""KMS: keys that are disabled or wait for their deletion cannot be used.

Source: KMS developer guide, "Key states of AWS KMS keys"; text ours.
"""

from __future__ import annotations

import base64
from typing import Any

from ..services import AwsError

SERVICE = "kms"
KEY_ID_BYTES = 36
"""What moto's ciphertexts begin with."""


def _key(state: Any, call: Any) -> Any:
    """The key that a call is about, or None: then moto says so."""
    backend = state.moto.backend("kms", call.region)
    given = call.params.get("KeyId") or call.params.get("TargetKeyId") or call.params.get("DestinationKeyId")
    blob = call.params.get("CiphertextBlob")
    if given is None and blob is not None:
        blob = blob if isinstance(blob, bytes) else base64.b64decode(blob)
        given = blob[:KEY_ID_BYTES].decode(errors="replace")
    return backend.keys.get(backend.any_id_to_key_id(given)) if given else None


def manage(state: Any, call: Any, environ: dict) -> None:
    """What changes a key is refused once its deletion is scheduled."""
    key = _key(state, call)
    if key is not None and key.key_state == "PendingDeletion":
        # Source: github.com/ebourg/jsign (AmazonSigningServiceTest) quotes it.
        raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")


def use(state: Any, call: Any, environ: dict) -> None:
    """What uses a key needs an enabled one."""
    manage(state, call, environ)
    key = _key(state, call)
    if key is not None and key.key_state == "Disabled":
        raise AwsError("DisabledException", f"{key.arn} is disabled.")


_USING = (
    "Encrypt Decrypt ReEncrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateMac VerifyMac Sign Verify CreateGrant"
    " EnableKeyRotation DisableKeyRotation"
)
_MANAGING = "EnableKey DisableKey ScheduleKeyDeletion UpdateKeyDescription CreateAlias TagResource UntagResource"
INSTEAD = {**dict.fromkeys(_USING.split(), use), **dict.fromkeys(_MANAGING.split(), manage)}
