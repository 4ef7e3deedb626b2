# Written by `make docs` from the schemas of the provider; docs/guides/testing.md says how to use it.
mock_provider "mlops" {
  mock_resource "mlops_execution_role" {
    defaults = {
      arn                     = "arn:aws:iam::123456789012:role/mock"
      assume_role_policy_json = "{}"
      create_date             = "2025-01-01T00:00:00Z"
      policy_json             = "{}"
      tags_all                = {}
      unique_id               = "mock"
    }
  }

  mock_resource "mlops_bucket_layout" {
    defaults = {
      arn                         = "arn:aws:s3:::mock"
      bucket_domain_name          = "mock.s3.us-east-1.amazonaws.com"
      bucket_regional_domain_name = "mock.s3.us-east-1.amazonaws.com"
      tags_all                    = {}
      uris                        = { capture = "s3://mock/capture/", code = "s3://mock/code/", customers = "s3://mock/customers/", data = "s3://mock/data/", models = "s3://mock/models/", raw = "s3://mock/raw/", scores = "s3://mock/scores/", test = "s3://mock/test/", train = "s3://mock/train/" }
    }
  }

  mock_resource "mlops_dataset" {
    defaults = {
      content_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
      file_count     = 1
      files          = {}
      total_bytes    = 1
      uri            = "s3://mock/mock/"
    }
  }

  mock_resource "mlops_autoscaling_policy" {
    defaults = {
      alarms            = { alarm_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", alarm_name = "mock" }
      arn               = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:mock"
      creation_time     = "2025-01-01T00:00:00Z"
      service_namespace = "sagemaker"
    }
  }

  mock_resource "mlops_autoscaling_target" {
    defaults = {
      arn               = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/mock"
      creation_time     = "2025-01-01T00:00:00Z"
      resource_id       = "endpoint/mock/variant/mock"
      role_arn          = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
      service_namespace = "sagemaker"
      tags_all          = {}
    }
  }

  mock_resource "mlops_endpoint" {
    defaults = {
      arn             = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/mock"
      creation_time   = "2025-01-01T00:00:00Z"
      endpoint_status = "InService"
      failure_reason  = null
      tags_all        = {}
    }
  }

  mock_resource "mlops_endpoint_configuration" {
    defaults = {
      arn           = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/mock"
      creation_time = "2025-01-01T00:00:00Z"
      tags_all      = {}
    }
  }

  mock_resource "mlops_transform_job" {
    defaults = {
      arn                  = "arn:aws:sagemaker:us-east-1:123456789012:transform-job/mock"
      creation_time        = "2025-01-01T00:00:00Z"
      failure_reason       = null
      tags_all             = {}
      transform_end_time   = "2025-01-01T00:00:00Z"
      transform_job_status = "Completed"
      transform_start_time = "2025-01-01T00:00:00Z"
    }
  }

  mock_resource "mlops_workteam" {
    defaults = {
      arn           = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/mock"
      create_date   = "2025-01-01T00:00:00Z"
      sub_domain    = "https://mock.example.com"
      tags_all      = {}
      workforce_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
    }
  }

  mock_resource "mlops_model" {
    defaults = {
      arn           = "arn:aws:sagemaker:us-east-1:123456789012:model/mock"
      creation_time = "2025-01-01T00:00:00Z"
      tags_all      = {}
    }
  }

  mock_resource "mlops_model_package" {
    defaults = {
      arn                   = "arn:aws:sagemaker:us-east-1:123456789012:model-package/mock"
      creation_time         = "2025-01-01T00:00:00Z"
      model_package_status  = "Completed"
      model_package_version = 1
      tags_all              = {}
    }
  }

  mock_resource "mlops_model_package_group" {
    defaults = {
      arn                        = "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/mock"
      creation_time              = "2025-01-01T00:00:00Z"
      model_package_group_status = "Completed"
      tags_all                   = {}
    }
  }

  mock_resource "mlops_notebook_instance_lifecycle_configuration" {
    defaults = {
      arn           = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance-lifecycle-config/mock"
      creation_time = "2025-01-01T00:00:00Z"
      tags_all      = {}
    }
  }

  mock_resource "mlops_notebook_instance" {
    defaults = {
      arn                  = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/mock"
      creation_time        = "2025-01-01T00:00:00Z"
      failure_reason       = null
      network_interface_id = "mock"
      tags_all             = {}
      url                  = "https://mock.example.com"
    }
  }

  mock_resource "mlops_dashboard" {
    defaults = {
      arn      = "arn:aws:cloudwatch::123456789012:dashboard/mock"
      tags_all = {}
    }
  }

  mock_resource "mlops_processing_job" {
    defaults = {
      arn                   = "arn:aws:sagemaker:us-east-1:123456789012:processing-job/mock"
      creation_time         = "2025-01-01T00:00:00Z"
      exit_message          = null
      failure_reason        = null
      output_uris           = { train = "s3://mock/train/" }
      processing_end_time   = "2025-01-01T00:00:00Z"
      processing_job_status = "Completed"
      processing_start_time = "2025-01-01T00:00:00Z"
      tags_all              = {}
    }
  }

  mock_resource "mlops_training_job" {
    defaults = {
      arn                      = "arn:aws:sagemaker:us-east-1:123456789012:training-job/mock"
      billable_time_in_seconds = 1
      creation_time            = "2025-01-01T00:00:00Z"
      failure_reason           = null
      final_metrics            = { accuracy = 1 }
      model_artifacts          = { s3_model_artifacts = "s3://mock/mock/" }
      tags_all                 = {}
      training_end_time        = "2025-01-01T00:00:00Z"
      training_job_status      = "Completed"
      training_time_in_seconds = 1
    }
  }

  mock_data "mlops_caller_identity" {
    defaults = {
      account_id = "123456789012"
      arn        = "arn:aws:sts::123456789012:assumed-role/mock/mock"
      partition  = "aws"
      region     = "us-east-1"
      user_id    = "mock"
    }
  }

  mock_data "mlops_inference" {
    defaults = {
      closed_session_id          = "mock"
      invoked_production_variant = "mock"
      new_session_id             = "mock"
      response                   = null
      response_base64            = "mock"
      response_content_type      = "mock"
      response_custom_attributes = "mock"
    }
  }

  mock_data "mlops_pipeline_definition" {
    defaults = {
      json = "{}"
    }
  }
}
