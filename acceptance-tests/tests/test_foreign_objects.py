"""What somebody else made is neither taken over nor deleted, however often the apply is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from foreign import TRUST, Desk, is_at_rest, model_is_made

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform


def make_role(aws: LocalAws) -> None:
    """A role of somebody else's."""
    aws.client("iam").create_role(RoleName="theirs", AssumeRolePolicyDocument=TRUST)


def make_bucket(aws: LocalAws) -> None:
    """A bucket of somebody else's, in the same account."""
    aws.client("s3").create_bucket(Bucket="theirs")


def make_endpoint_configuration(aws: LocalAws) -> None:
    """An endpoint configuration of somebody else's, and what it needs."""
    make_role(aws)
    sagemaker = aws.client("sagemaker")
    role = "arn:aws:iam::123456789012:role/theirs"
    aws.wait_for("the role can be assumed", lambda: model_is_made(sagemaker, "theirs", role), 30)
    variant = {"VariantName": "v", "ModelName": "theirs", "InstanceType": "ml.t2.medium", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="theirs", ProductionVariants=[variant])


THEIRS = {
    "role": (make_role, 'resource "mlops_execution_role" "x" {\n  name   = "theirs"\n  access = {}\n}\n'),
    "bucket": (make_bucket, 'resource "mlops_bucket_layout" "x" {\n  name   = "theirs"\n  layout = {}\n}\n'),
    "endpoint configuration": (
        make_endpoint_configuration,
        """
resource "mlops_endpoint_configuration" "x" {
  name = "theirs"
  production_variants = [{
    variant_name           = "v"
    model_name             = "theirs"
    instance_type          = "ml.t2.large"
    initial_instance_count = 1
  }]
}
""",
    ),
}


@pytest.mark.parametrize("kind", THEIRS)
def test_somebody_elses_object_is_never_taken_over(
    kind: str, aws: LocalAws, workspace: Callable[..., Terraform]
) -> None:
    make, configuration = THEIRS[kind]
    make(aws)
    before = aws.inventory()
    terraform = workspace(configuration)
    # The second apply must not believe that the first one made it and was killed.
    for attempt in ("first", "second"):
        aws.forget_calls()
        run = terraform.run("apply", "-auto-approve", "-input=false", "-no-color")
        assert run.code == 1, f"{attempt}: {run.output}"
        assert "terraform import" in " ".join(run.output.split()), f"{attempt}: {run.output}"
        changing = [c["operation"] for c in aws.calls() if c["operation"].startswith(("Create", "Delete", "Put", "Update"))]
        assert changing == [], attempt
    terraform.destroy()
    assert aws.inventory() == before, "what was there is there"


# How what the others made compares with what is wanted here.
COMPARED = {"equal": "one", "different": "two"}
Scene = Callable[[Desk, Desk, str], None]


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[LocalAws, LocalAws]]]:
    """For each comparison two local AWS: two accounts. Their clock is real, for what is decided by times."""
    folder = tmp_path_factory.mktemp("accounts")
    started: list[LocalAws] = []
    try:
        for number, account in enumerate(("111111111111", "222222222222") * len(COMPARED)):
            log = folder / f"{number}.log"
            started.append(LocalAws(log, arguments=("--role-delay", "0", "--account", account)))
        yield list(zip(started[::2], started[1::2], strict=True))
    finally:
        for each in started:
            each.stop()


def no_record_at_all(ours: Desk, _: Desk, mark: str) -> None:
    """A working directory that never made anything, and a colleague's objects."""
    ours.directory("colleague", mark).apply()
    ours.is_refused(ours.directory("stack", mark="one"))


def second_workspace(ours: Desk, _: Desk, mark: str) -> None:
    """Apply in one workspace, then in another one of the same working directory."""
    # What differs is named after the workspace, unless the variable says otherwise.
    terraform = ours.directory("stack", mark="one" if mark == "one" else "")
    terraform.must("workspace", "new", "one")
    terraform.apply()
    terraform.must("workspace", "new", "two")
    ours.is_refused(terraform)
    terraform.must("workspace", "select", "one")
    assert terraform.is_settled(), "the first workspace has what it had"
    terraform.destroy()


def other_account_after_an_apply(ours: Desk, theirs: Desk, mark: str) -> None:
    """A cache brings the `.terraform` of an apply in one account to another account."""
    first = ours.directory("stack", mark="one")
    first.apply()
    theirs.directory("colleague", mark).apply()
    theirs.is_refused(theirs.directory("cached", mark="one", data_of=first))


def other_account_after_a_kill(ours: Desk, theirs: Desk, mark: str) -> None:
    """The same, of an apply that was killed right after the creations."""
    first = ours.directory("stack", mark="one")
    ours.killed(first, "after")
    theirs.directory("colleague", mark).apply()
    theirs.is_refused(theirs.directory("cached", mark="one", data_of=first))


def other_backend(ours: Desk, _: Desk, mark: str) -> None:
    """Apply, then the same working directory with another backend, so with another state."""
    terraform = ours.directory("stack", mark="one")
    terraform.apply()
    terraform.must("init", "-input=false", "-no-color", "-reconfigure", "-backend-config=path=other.tfstate")
    terraform.environment["TF_VAR_mark"] = mark
    ours.is_refused(terraform)


def made_since_the_kill(ours: Desk, _: Desk, mark: str) -> None:
    """Killed right before the creations reached AWS; then a colleague makes objects of these names."""
    terraform = ours.directory("stack", mark="one")
    ours.killed(terraform, "before")
    # Nothing tells an equal object that somebody makes while the killed request may still be on its way.
    ours.aws.control("POST", "clock", advance=60)
    ours.directory("colleague", mark).apply()
    ours.is_refused(terraform)


def forgotten_by_the_state(ours: Desk, _: Desk, mark: str) -> None:
    """Apply, `terraform state rm`, apply: what is no longer in the state is no longer managed here."""
    terraform = ours.directory("stack", mark="one")
    terraform.apply()
    terraform.must("state", "rm", *terraform.resources())
    terraform.environment["TF_VAR_mark"] = mark
    ours.is_refused(terraform)


def copied_after_an_apply(ours: Desk, _: Desk, mark: str) -> None:
    """The `.terraform` of an apply, copied to another working directory."""
    first = ours.directory("stack", mark="one")
    first.apply()
    ours.is_refused(ours.directory("copied", mark, data_of=first))
    assert first.is_settled(), "the first directory has what it had"


def copied_after_a_kill(ours: Desk, _: Desk, mark: str) -> None:
    """The same, of an apply that was killed right after the creations: what it made is the first directory's."""
    first = ours.directory("stack", mark="one")
    ours.killed(first, "after")
    ours.aws.wait_for("all is at rest", lambda: is_at_rest(ours.aws))
    ours.is_refused(ours.directory("copied", mark, data_of=first))
    first.apply()
    first.destroy()


@pytest.mark.parametrize(
    "scene",
    [
        no_record_at_all,
        second_workspace,
        other_account_after_an_apply,
        other_account_after_a_kill,
        other_backend,
        made_since_the_kill,
        forgotten_by_the_state,
        copied_after_an_apply,
        copied_after_a_kill,
    ],
)
def test_no_record_of_a_creation_makes_an_object_ours(
    scene: Scene, accounts: list[tuple[LocalAws, LocalAws]], tmp_path: Path, cli_configuration: Path
) -> None:
    """Records of creations lie in `.terraform`. They never prove more than that this very state's run made the object."""

    def plays(compared: str, pair: tuple[LocalAws, LocalAws]) -> str | None:
        ours, theirs = (Desk(tmp_path / compared / aws.account, cli_configuration, aws) for aws in pair)
        for desk in (ours, theirs):
            desk.empty_account()
        try:
            scene(ours, theirs, COMPARED[compared])
        except Exception as problem:  # noqa: BLE001: both comparisons are told
            return f"{compared} objects: {type(problem).__name__}: {problem}"
        return None

    with ThreadPoolExecutor(len(COMPARED)) as pool:
        told = [problem for problem in pool.map(plays, COMPARED, accounts) if problem]
    assert not told, "\n\n".join(told)
