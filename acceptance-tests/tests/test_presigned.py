"""Presigned URLs of S3: what is uploaded with one can be downloaded with another, by whoever has nothing else; nothing stores them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

URLS = """
ephemeral "mlops_presigned_s3_url" "upload" {
  uri          = "s3://uploads/a folder/labels.csv"
  method       = "PUT"
  content_type = "text/csv"
}

ephemeral "mlops_presigned_s3_url" "download" {
  uri          = "s3://uploads/a folder/labels.csv"
  content_type = "text/plain"
}

resource "terraform_data" "upload" {
  provisioner "local-exec" {
    command     = "curl --fail --silent --request PUT --header 'Content-Type: text/csv' --data-binary 'c-17,left' \\"$URL\\""
    environment = { URL = ephemeral.mlops_presigned_s3_url.upload.url }
  }
}

resource "terraform_data" "download" {
  depends_on = [terraform_data.upload]

  provisioner "local-exec" {
    command     = "curl --fail --silent --output labels.txt --write-out '%%{content_type}' \\"$URL\\" > type.txt"
    environment = { URL = ephemeral.mlops_presigned_s3_url.download.url }
  }
}
"""


@pytest.mark.every_client
def test_what_is_uploaded_can_be_downloaded(aws: LocalAws, workspace: Callable[[str], Terraform]) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="uploads")
    terraform = workspace(URLS)
    told = terraform.apply()
    assert (terraform.directory / "labels.txt").read_text() == "c-17,left"
    assert (terraform.directory / "type.txt").read_text() == "text/plain"
    assert s3.head_object(Bucket="uploads", Key="a folder/labels.csv")["ContentType"] == "text/csv"
    state = (terraform.directory / "terraform.tfstate").read_text()
    assert "X-Amz" not in told and "X-Amz" not in state
