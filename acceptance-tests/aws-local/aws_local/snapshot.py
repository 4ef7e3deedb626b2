"""Keep everything that exists in a file, bring it back, or forget it all."""

from __future__ import annotations

import copyreg
import io
import pickle
import threading
from pathlib import Path
from typing import Any

from .sagemaker.record import Store
from .services import AwsError

FORMAT = 4
SERVICES = (
    "s3",
    "iam",
    "sts",
    "cloudwatch",
    "logs",
    "events",
    "scheduler",
    "sns",
    "ecr",
    "kms",
    "applicationautoscaling",
    "budgets",
    "servicequotas",
)


def save(state: Any, path: str) -> dict[str, Any]:
    """Write a snapshot to `path`, a file that only this user may read."""
    _register()
    store = state.engine.store
    content: dict[str, Any] = {
        "now": state.clock.now(),
        "records": list(store.everything()),
        "counters": store.counters,
        "tokens": state.engine.tokens,
        "quotas": state.engine.quotas,
        "file_systems": state.engine.file_systems,
        "interfaces": state.interfaces.kept,
        "moto": {},
        "buckets": {},
    }
    for service in SERVICES:
        for region, backend in state.moto.existing(service).items():
            content["moto"][service, region] = _members(backend)
    if state.moto.loaded:
        from moto.s3.models import s3_backends

        content["buckets"] = dict(s3_backends.bucket_accounts)
    target = Path(path)
    target.touch(mode=0o600)
    target.write_bytes(pickle.dumps(FORMAT) + pickle.dumps(content))
    return {"path": str(target), "bytes": target.stat().st_size, "records": len(content["records"])}


def restore(state: Any, path: str) -> dict[str, Any]:
    """Replace everything by a snapshot. Unpickling runs code: restore only what you saved yourself."""
    _register()
    try:
        kept = io.BytesIO(Path(path).read_bytes())
    except OSError as error:
        raise AwsError("NoSnapshot", f"the snapshot {path} cannot be read: {error}", 404) from error
    if pickle.load(kept) != FORMAT:
        raise AwsError("NoSnapshot", f"the snapshot {path} has another format than {FORMAT}", 400)
    reset(state)
    # Only now: moto, when it is reset, closes the files behind all S3 objects in the process, also of those just unpickled.
    content = pickle.load(kept)
    state.clock.set(content["now"])
    store = state.engine.store
    for record in content["records"]:
        record.bind(state.engine)
        store.add(record)
    store.counters, state.engine.tokens = content["counters"], content["tokens"]
    state.engine.quotas.update(content["quotas"])
    state.engine.file_systems.update(content["file_systems"])
    state.interfaces.kept.update(content["interfaces"])
    for (service, region), members in content["moto"].items():
        backend = state.moto.backend(service, region)
        backend.__dict__.update(members)
    if content["buckets"]:
        from moto.s3.models import s3_backends

        s3_backends.bucket_accounts.update(content["buckets"])
    for record in content["records"]:
        state.runtime.resume(state.services(record.region), record)
    return {"records": len(content["records"]), "now": state.clock.now()}


def reset(state: Any) -> dict[str, Any]:
    """Forget everything that exists, the calls made, and the faults in force."""
    state.runtime.reset()
    engine = state.engine
    store = Store()
    store.on_gone = engine._on_gone
    engine.store = store
    engine.tokens.clear()
    engine.failures.clear()
    engine.served.clear()
    engine.quotas.clear()
    engine.file_systems.clear()
    engine.urls.clear()
    state.interfaces.kept.clear()
    state.faults.clear()
    state.functions.clear()
    state.calls.clear()
    state.deleted_buckets.clear()
    if state.moto.loaded:
        from moto.backends import get_backend
        from moto.core.model_instances import reset_model_data

        for service in SERVICES:
            get_backend(service).reset()
        # moto lists every object that it ever made, for a page that is not served here.
        reset_model_data()
    return {}


def _members(backend: Any) -> dict[str, Any]:
    """The members of a back end that belong to it alone; references to other back ends stay as they are."""
    from moto.core.base_backend import BaseBackend

    return {name: value for name, value in backend.__dict__.items() if not isinstance(value, BaseBackend)}


def _register() -> None:
    """Teach pickle what moto's back ends hold that it cannot keep by itself."""
    copyreg.pickle(type(threading.RLock()), lambda lock: (threading.RLock, ()))  # type: ignore[arg-type]
    copyreg.pickle(type(threading.Lock()), lambda lock: (threading.Lock, ()))  # type: ignore[arg-type]
    from cryptography.hazmat.bindings._rust import openssl
    from cryptography.hazmat.primitives import serialization

    def keep(key: Any) -> tuple[Any, tuple[bytes]]:
        return _load_key, (
            key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )

    from moto.iam.models import AWSManagedPolicy

    # A thousand of them, 4 MB: only who attached them differs.
    copyreg.pickle(AWSManagedPolicy, lambda p: (_aws_managed_policy, (p.account_id, p.arn, p.attachment_count)))  # type: ignore[arg-type]
    copyreg.pickle(openssl.rsa.RSAPrivateKey, keep)
    copyreg.pickle(openssl.ec.ECPrivateKey, keep)


def _aws_managed_policy(account: str, arn: str, attachment_count: int) -> Any:
    from moto.iam.models import iam_backends

    policy = iam_backends[account]["aws"].managed_policies[arn]
    policy.attachment_count = attachment_count
    return policy


def _load_key(text: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(text, None)
