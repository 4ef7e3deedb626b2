"""Studio domains, their users, spaces and apps: what goes beyond the life that every kind has."""

from __future__ import annotations

import http.client
import urllib.parse
from typing import Any

import pytest
import samples as req
from botocore.exceptions import ClientError


def error_of(call: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    told = caught.value.response["Error"]
    return told["Code"], told["Message"]


def kinds_of(aws: Any) -> list[str]:
    """What there is, but for what AWS keeps by itself."""
    return sorted(each["kind"] for each in aws.control("GET", "inventory")["objects"] if not each.get("implicit"))


@pytest.fixture
def role(aws) -> str:
    return aws.role()


class Studio:
    """A domain with a user."""

    def __init__(self, aws: Any, sm: Any, role: str, **more: Any) -> None:
        self.aws, self.sm, self.role = aws, sm, role
        self.id = sm.create_domain(**req.domain("team", role) | more)["DomainId"]
        aws.advance(5)
        self.user = {"DomainId": self.id, "UserProfileName": "alice"}

    def add_user(self) -> None:
        self.sm.create_user_profile(**self.user)
        self.aws.advance(5)

    def add_space(self, name: str, **more: Any) -> None:
        self.sm.create_space(DomainId=self.id, SpaceName=name, **more)
        self.aws.advance(5)


@pytest.fixture
def studio(aws, sm, role) -> Studio:
    return Studio(aws, sm, role)


def test_aws_fills_in_what_a_domain_leaves_out(studio: Studio) -> None:
    """API reference, CreateDomain; ACK's generator.yaml for SageMaker, late_initialize of domains."""
    shown = studio.sm.describe_domain(DomainId=studio.id)
    assert (shown["TagPropagation"], shown["AppNetworkAccessType"]) == ("DISABLED", "PublicInternetOnly")
    assert shown["HomeEfsFileSystemCreation"] == "Enabled" and shown["HomeEfsFileSystemId"].startswith("fs-")
    sizes = {"DefaultEbsVolumeSizeInGb": 5, "MaximumEbsVolumeSizeInGb": 100}
    assert shown["DefaultUserSettings"] == {
        "ExecutionRole": studio.role,
        "StudioWebPortal": "ENABLED",
        "DefaultLandingUri": "studio::",
        "AutoMountHomeEFS": "Enabled",
        "SpaceStorageSettings": {"DefaultEbsStorageSettings": sizes},
    }
    assert "DefaultSpaceSettings" not in shown


@pytest.mark.parametrize("asked, left", [({}, True), ({"HomeEfsFileSystem": "Retain"}, True), ({"HomeEfsFileSystem": "Delete"}, False)])
def test_the_file_system_stays_unless_it_is_to_be_deleted(studio: Studio, asked: dict, left: bool) -> None:
    """API reference, DeleteDomain.RetentionPolicy."""
    assert "FileSystem" in kinds_of(studio.aws)
    studio.sm.delete_domain(DomainId=studio.id, RetentionPolicy=asked)
    studio.aws.advance(5)
    assert error_of(lambda: studio.sm.describe_domain(DomainId=studio.id))[0] == "ResourceNotFound"
    assert ("FileSystem" in kinds_of(studio.aws)) == left


def test_a_file_system_can_be_added_and_not_taken_away(aws, sm, role) -> None:
    """API reference, UpdateDomain.HomeEfsFileSystemCreation."""
    studio = Studio(aws, sm, role, HomeEfsFileSystemCreation="Disabled")
    assert "HomeEfsFileSystemId" not in sm.describe_domain(DomainId=studio.id)
    sm.update_domain(DomainId=studio.id, HomeEfsFileSystemCreation="Enabled")
    assert sm.describe_domain(DomainId=studio.id)["HomeEfsFileSystemId"].startswith("fs-")
    aws.advance(5)
    refused = error_of(lambda: sm.update_domain(DomainId=studio.id, HomeEfsFileSystemCreation="Disabled"))
    assert refused[0] == "ValidationException"


def test_what_a_domain_holds_goes_before_it(studio: Studio) -> None:
    """Developer guide, "Delete a domain"; github.com/rebuy-de/aws-nuke issue 1184; amazon-sagemaker-feedback issue 113."""
    sm, aws, user = studio.sm, studio.aws, studio.user
    studio.add_user()
    owned = {"OwnershipSettings": {"OwnerUserProfileName": "alice"}, "SpaceSharingSettings": {"SharingType": "Private"}}
    studio.add_space("hers", **owned)
    app = {"DomainId": studio.id, "SpaceName": "hers", "AppType": "JupyterLab", "AppName": "default"}
    sm.create_app(**app)
    assert error_of(lambda: sm.delete_app(**app))[0] == "ResourceInUse", "it is being created"
    aws.advance(5)
    assert "App(s)" in error_of(lambda: sm.delete_space(DomainId=studio.id, SpaceName="hers"))[1]
    for delete in (lambda: sm.delete_user_profile(**user), lambda: sm.delete_domain(DomainId=studio.id)):
        assert error_of(delete)[0] == "ResourceInUse"
    sm.delete_app(**app)
    assert "App(s)" in error_of(lambda: sm.delete_space(DomainId=studio.id, SpaceName="hers"))[1], "it is being deleted"
    aws.advance(5)
    (listed,) = sm.list_apps(DomainIdEquals=studio.id)["Apps"]
    assert listed["Status"] == "Deleted" and "App" not in kinds_of(aws)
    sm.create_app(**app)
    aws.advance(5)
    sm.delete_app(**app)
    aws.advance(5)
    assert "Space(s)" in error_of(lambda: sm.delete_user_profile(**user))[1]
    sm.delete_space(DomainId=studio.id, SpaceName="hers")
    aws.advance(5)
    sm.delete_user_profile(**user)
    aws.advance(5)
    sm.delete_domain(DomainId=studio.id, RetentionPolicy={"HomeEfsFileSystem": "Delete"})
    aws.advance(5)
    assert kinds_of(aws) == ["Role"]


def test_the_network_changes_only_without_apps(studio: Studio) -> None:
    """API reference, UpdateDomain.AppNetworkAccessType."""
    studio.add_user()
    studio.sm.create_app(**studio.user, AppType="JupyterServer", AppName="default")
    studio.aws.advance(5)
    change = {"DomainId": studio.id, "AppNetworkAccessType": "VpcOnly"}
    assert error_of(lambda: studio.sm.update_domain(**change))[0] == "ResourceInUse"
    studio.sm.delete_app(**studio.user, AppType="JupyterServer", AppName="default")
    studio.aws.advance(5)
    studio.sm.update_domain(**change)


@pytest.mark.parametrize(
    "change, told",
    [
        ({"AppNetworkAccessType": "VpcOnly"}, "SecurityGroups"),
        ({"AppNetworkAccessType": "VpcOnly", "VpcId": None}, "VpcId"),
        ({"DefaultUserSettings": {"ExecutionRole": "arn:aws:iam::123456789012:role/nobody"}}, "Could not assume role"),
        ({"DefaultUserSettings": {"AutoMountHomeEFS": "DefaultAsDomain"}}, "AutoMountHomeEFS"),
        (
            {
                "DefaultUserSettings": {
                    "SpaceStorageSettings": {
                        "DefaultEbsStorageSettings": {"DefaultEbsVolumeSizeInGb": 9, "MaximumEbsVolumeSizeInGb": 8}
                    }
                }
            },
            "DefaultEbsVolumeSizeInGb",
        ),
    ],
)
def test_what_a_domain_may_be(sm, role, change: dict, told: str) -> None:
    """API reference, CreateDomain and UserSettings."""
    request = {name: value for name, value in (req.domain("d", role) | change).items() if value is not None}
    code, text = error_of(lambda: sm.create_domain(**request))
    assert code == "ValidationException" and told in text


def test_a_name_is_given_once(studio: Studio) -> None:
    assert error_of(lambda: studio.sm.create_domain(**req.domain("team", studio.role)))[0] == "ResourceInUse"


def test_who_signs_in_how(aws, sm, role) -> None:
    """API reference, CreateUserProfile and CreatePresignedDomainUrl."""
    studio = Studio(aws, sm, role, AuthMode="SSO")
    assert error_of(studio.add_user)[0] == "ValidationException"
    studio.user |= {"SingleSignOnUserIdentifier": "UserName", "SingleSignOnUserValue": "alice"}
    studio.add_user()
    key = {"DomainId": studio.id, "UserProfileName": "alice"}
    assert error_of(lambda: sm.create_presigned_domain_url(**key))[0] == "ValidationException"


def test_a_name_of_a_user_is_the_same_in_whatever_case(studio: Studio) -> None:
    """API reference, CreateUserProfile.UserProfileName."""
    studio.add_user()
    again = {**studio.user, "UserProfileName": "Alice"}
    assert error_of(lambda: studio.sm.create_user_profile(**again))[0] == "ResourceInUse"
    assert studio.sm.describe_user_profile(**again)["UserProfileName"] == "alice"


def test_a_url_is_for_a_user_who_is_there(studio: Studio) -> None:
    assert error_of(lambda: studio.sm.create_presigned_domain_url(**studio.user))[0] == "ResourceNotFound"
    studio.sm.create_user_profile(**studio.user)
    assert error_of(lambda: studio.sm.create_presigned_domain_url(**studio.user))[0] == "ResourceInUse"
    studio.aws.advance(5)
    urls = {studio.sm.create_presigned_domain_url(**studio.user)["AuthorizedUrl"] for _ in range(2)}
    assert len(urls) == 2 and all(f"{studio.id}.studio.us-east-1.sagemaker.aws" in url for url in urls)


def test_a_snapshot_has_the_file_systems(studio: Studio, tmp_path) -> None:
    path = str(tmp_path / "kept")
    studio.aws.control("POST", "snapshot", path=path)
    studio.aws.control("POST", "reset")
    assert kinds_of(studio.aws) == []
    studio.aws.control("POST", "restore", path=path)
    assert "FileSystem" in kinds_of(studio.aws)


def test_an_update_changes_what_it_names(studio: Studio) -> None:
    """API reference, UpdateDomain."""
    studio.sm.update_domain(
        DomainId=studio.id,
        DefaultUserSettings={"SecurityGroups": ["sg-1"]},
        DomainSettingsForUpdate={"DockerSettings": {"EnableDockerAccess": "ENABLED"}},
    )
    shown = studio.sm.describe_domain(DomainId=studio.id)
    assert shown["Status"] == "Updating"
    assert error_of(lambda: studio.sm.update_domain(DomainId=studio.id))[0] == "ResourceInUse"
    users = shown["DefaultUserSettings"]
    assert (users["ExecutionRole"], users["SecurityGroups"]) == (studio.role, ["sg-1"])
    assert shown["DomainSettings"]["DockerSettings"] == {"EnableDockerAccess": "ENABLED"}


def opened(aws: Any, url: str) -> tuple[int, str]:
    """What a presigned URL opens: the status, and the page or where it leads to."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(aws.endpoint).netloc)
    connection.request("GET", f"{parts.path or '/'}?{parts.query}", headers={"Host": parts.netloc})
    answer = connection.getresponse()
    return answer.status, answer.headers.get("Location") or answer.read().decode()


def test_a_url_opens_studio_until_it_expires(studio: Studio) -> None:
    """API reference, CreatePresignedDomainUrl."""
    studio.add_user()
    url = studio.sm.create_presigned_domain_url(**studio.user, ExpiresInSeconds=60)["AuthorizedUrl"]
    status, page = opened(studio.aws, url)
    assert status == 200 and "alice in the domain team" in page
    assert opened(studio.aws, url[:-1] + "_") == (302, "https://signin.aws.amazon.com/console")
    studio.aws.advance(61)
    assert opened(studio.aws, url) == (302, "https://signin.aws.amazon.com/console")


def test_a_url_opens_a_notebook_instance(aws, sm, role) -> None:
    """API reference, CreatePresignedNotebookInstanceUrl."""
    sm.create_notebook_instance(NotebookInstanceName="n", InstanceType="ml.t3.medium", RoleArn=role)
    aws.advance(5)
    url = sm.create_presigned_notebook_instance_url(NotebookInstanceName="n")["AuthorizedUrl"]
    status, page = opened(aws, url)
    assert status == 200 and "The notebook instance n" in page
    aws.advance(301)
    assert opened(aws, url)[0] == 302
