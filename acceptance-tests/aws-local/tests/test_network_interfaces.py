"""Network interfaces of what is in a VPC: made in the account, there for a while after the end.

Sources: github.com/hashicorp/terraform-provider-aws issues 26090 and 34397,
github.com/aws-cloudformation/cloudformation-coverage-roadmap issue 1327; Amazon EC2 API reference.
"""

from __future__ import annotations

from typing import Any

import pytest
import samples as req
from test_services import error_of

VPC = {"SecurityGroupIds": ["sg-11111111"], "Subnets": ["subnet-11111111", "subnet-22222222"]}


def interfaces(aws: Any, **filters: str) -> list[Any]:
    given = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
    return aws.client("ec2").describe_network_interfaces(Filters=given)["NetworkInterfaces"]


def start_job(aws: Any, role: str) -> None:
    aws.client("sagemaker").create_training_job(**req.training("one", role), VpcConfig=VPC)


def start_endpoint(aws: Any, role: str) -> None:
    sm = aws.client("sagemaker")
    sm.create_model(**req.model("m", role), VpcConfig=VPC)
    sm.create_endpoint_config(**req.config("c", "m"))
    sm.create_endpoint(EndpointName="one", EndpointConfigName="c")


def start_notebook(aws: Any, role: str) -> None:
    given = req.notebook("one", role)
    aws.client("sagemaker").create_notebook_instance(
        **given, SubnetId=VPC["Subnets"][0], SecurityGroupIds=VPC["SecurityGroupIds"]
    )


def end_endpoint(aws: Any) -> None:
    aws.client("sagemaker").delete_endpoint(EndpointName="one")
    aws.client("sagemaker").delete_model(ModelName="m")


def end_notebook(aws: Any) -> None:
    aws.client("sagemaker").stop_notebook_instance(NotebookInstanceName="one")


@pytest.mark.parametrize(
    "start, end, subnets",
    [
        (start_job, lambda aws: aws.advance(20), VPC["Subnets"]),
        (start_endpoint, end_endpoint, VPC["Subnets"]),
        (start_notebook, end_notebook, VPC["Subnets"][:1]),
    ],
    ids=["job", "endpoint", "notebook"],
)
def test_they_linger_and_go(aws, start, end, subnets):
    role = aws.role()
    start(aws, role)
    if start is not start_job:
        aws.advance(10)
    found = interfaces(aws, group_id="sg-11111111")
    assert [each["SubnetId"] for each in sorted(found, key=lambda each: each["SubnetId"])] == subnets
    for each in found:
        assert (each["Status"], each["RequesterManaged"], each["InterfaceType"]) == ("in-use", True, "interface")
        # github.com/hashicorp/terraform-provider-aws issue 34397.
        assert each["Attachment"]["DeleteOnTermination"] is False
        assert "SageMaker" in each["Description"] and each["Description"].endswith(" one")
        assert each["RequesterId"].endswith(":SageMaker") and each["Attachment"]["AttachTime"]
    name = found[0]["NetworkInterfaceId"]
    ec2 = aws.client("ec2")
    assert "in use" in error_of(lambda: ec2.delete_network_interface(NetworkInterfaceId=name))["Message"]
    assert aws.control("GET", "inventory")["count"] == sum(
        not each.get("implicit") and each["kind"] != "NetworkInterface"
        for each in aws.control("GET", "inventory")["objects"]
    )
    end(aws)
    if start is not start_job:
        aws.advance(5)
    assert len(interfaces(aws, status="in-use")) == len(subnets), "noticed now, and still attached"
    aws.advance(2)
    assert len(interfaces(aws, status="available", requester_managed="true")) == len(subnets)
    ec2.delete_network_interface(NetworkInterfaceId=name)
    assert len(interfaces(aws)) == len(subnets) - 1
    error = error_of(lambda: ec2.describe_network_interfaces(NetworkInterfaceIds=[name]))
    assert error["Code"] == "InvalidNetworkInterfaceID.NotFound"
    aws.advance(2)
    assert interfaces(aws) == []


def test_a_notebook_says_which_one_is_its_own(aws):
    start_notebook(aws, aws.role())
    own = aws.client("sagemaker").describe_notebook_instance(NotebookInstanceName="one")["NetworkInterfaceId"]
    assert [each["NetworkInterfaceId"] for each in interfaces(aws)] == [own]


@pytest.mark.parametrize("access, number", [("VpcOnly", 1), ("PublicInternetOnly", 0)])
def test_an_app_of_studio_is_in_the_vpc_of_a_domain_that_is_vpc_only(aws, access, number):
    """API reference, CreateDomain.AppNetworkAccessType."""
    sm = aws.client("sagemaker")
    settings = {"ExecutionRole": aws.role(), "SecurityGroups": VPC["SecurityGroupIds"]}
    network = {"VpcId": "vpc-1", "SubnetIds": VPC["Subnets"], "AppNetworkAccessType": access}
    arn = sm.create_domain(DomainName="d", AuthMode="IAM", DefaultUserSettings=settings, **network)["DomainArn"]
    domain = arn.rsplit("/", 1)[1]
    aws.advance(60)
    sm.create_user_profile(DomainId=domain, UserProfileName="u")
    aws.advance(10)
    app = {"DomainId": domain, "UserProfileName": "u", "AppType": "JupyterServer", "AppName": "default"}
    sm.create_app(**app)
    aws.advance(10)
    found = interfaces(aws, group_id="sg-11111111")
    assert len(found) == number and all(f"Studio Domain({domain})" in each["Description"] for each in found)
    sm.delete_app(**app)
    aws.advance(10)
    interfaces(aws)
    aws.advance(4)
    assert interfaces(aws) == []


def test_filters(aws):
    start_job(aws, aws.role())
    for filters, number in (
        ({"subnet_id": "subnet-11111111"}, 1),
        ({"subnet_id": "subnet-*"}, 2),
        ({"description": "*SageMaker*"}, 2),
        ({"group_id": "sg-2"}, 0),
        ({"group_id": "sg-11111111", "subnet_id": "subnet-22222222"}, 1),
    ):
        assert len(interfaces(aws, **filters)) == number, filters
    assert error_of(lambda: interfaces(aws, nonsense="x"))["Code"] == "AwsLocalNotImplemented"
    assert error_of(lambda: aws.client("ec2").describe_vpcs())["Code"] == "AwsLocalNotImplemented"
    assert aws.client("ec2", region="eu-west-1").describe_network_interfaces()["NetworkInterfaces"] == []


def test_without_a_vpc_there_are_none(aws):
    aws.client("sagemaker").create_training_job(**req.training("one", aws.role()))
    assert interfaces(aws) == []
