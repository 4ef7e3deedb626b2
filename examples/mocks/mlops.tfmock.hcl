# Written by `make docs` from the schemas of the provider; docs/guides/testing.md says how to use it.

mock_resource "mlops_execution_role" {
  defaults = {
    access                   = { logs = true, metrics = true, pipelines = false, vpc = false }
    arn                      = "arn:aws:iam::123456789012:role/mock"
    assume_role_policy_json  = "{}"
    create_date              = "2025-01-01T00:00:00Z"
    force_detach_policies    = false
    max_session_duration     = 3600
    name                     = "mock"
    path                     = "/"
    policy_json              = "{}"
    source_account_condition = true
    tags_all                 = {}
    unique_id                = "mock"
  }
}

mock_resource "mlops_bucket_layout" {
  defaults = {
    abort_incomplete_multipart_upload_days = 7
    arn                                    = "arn:aws:s3:::mock"
    bucket_domain_name                     = "mock.s3.us-east-1.amazonaws.com"
    bucket_regional_domain_name            = "mock.s3.us-east-1.amazonaws.com"
    encryption                             = { bucket_key_enabled = false, kms_master_key_id = null, sse_algorithm = "AES256" }
    event_bridge_enabled                   = false
    force_destroy                          = false
    logging                                = { target_prefix = "" }
    name                                   = "mock"
    object_ownership                       = "BucketOwnerEnforced"
    public_access_block                    = { block_public_acls = true, block_public_policy = true, ignore_public_acls = true, restrict_public_buckets = true }
    region                                 = "us-east-1"
    require_tls                            = true
    tags_all                               = {}
    uris                                   = { capture = "s3://mock/capture/", code = "s3://mock/code/", customers = "s3://mock/customers/", data = "s3://mock/data/", models = "s3://mock/models/", raw = "s3://mock/raw/", scores = "s3://mock/scores/", test = "s3://mock/test/", train = "s3://mock/train/" }
    versioning                             = "Enabled"
  }
}

mock_resource "mlops_dataset" {
  defaults = {
    content_sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
    file_count     = 1
    files          = {}
    prefix         = ""
    region         = "us-east-1"
    total_bytes    = 1
    uri            = "s3://mock/mock/"
  }
}

mock_resource "mlops_autoscaling_policy" {
  defaults = {
    alarms                                       = { alarm_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", alarm_name = "mock" }
    arn                                          = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:mock"
    creation_time                                = "2025-01-01T00:00:00Z"
    policy_type                                  = null
    region                                       = "us-east-1"
    service_namespace                            = "sagemaker"
    step_scaling_policy_configuration            = { cooldown = 300, metric_aggregation_type = "Average" }
    target_tracking_scaling_policy_configuration = { customized_metric_specification = { metrics = { return_data = true } }, disable_scale_in = false }
  }
}

mock_resource "mlops_autoscaling_target" {
  defaults = {
    arn                = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/mock"
    creation_time      = "2025-01-01T00:00:00Z"
    region             = "us-east-1"
    resource_id        = "endpoint/mock/variant/mock"
    role_arn           = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
    scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
    service_namespace  = "sagemaker"
    suspended_state    = { dynamic_scaling_in_suspended = false, dynamic_scaling_out_suspended = false, scheduled_scaling_suspended = false }
    tags_all           = {}
  }
}

mock_resource "mlops_endpoint" {
  defaults = {
    arn               = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/mock"
    creation_time     = "2025-01-01T00:00:00Z"
    delete_logs       = true
    deployment_config = { blue_green_update_policy = { termination_wait_in_seconds = 0 } }
    endpoint_status   = "InService"
    failure_reason    = null
    name              = "mock"
    region            = "us-east-1"
    tags_all          = {}
  }
}

mock_resource "mlops_endpoint_configuration" {
  defaults = {
    arn                        = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/mock"
    creation_time              = "2025-01-01T00:00:00Z"
    data_capture_config        = { enable_capture = true }
    enable_network_isolation   = null
    metrics_config             = { enable_detailed_observability = null, enable_enhanced_metrics = null, metric_publish_frequency_in_seconds = null }
    name                       = "mock"
    production_variants        = { enable_ssm_access = null, initial_variant_weight = 1, volume_size_in_gb = null }
    region                     = "us-east-1"
    shadow_production_variants = { enable_ssm_access = null, initial_variant_weight = 1, volume_size_in_gb = null }
    tags_all                   = {}
  }
}

mock_resource "mlops_transform_job" {
  defaults = {
    arn                       = "arn:aws:sagemaker:us-east-1:123456789012:transform-job/mock"
    creation_time             = "2025-01-01T00:00:00Z"
    data_processing           = { input_filter = "$", join_source = "None", output_filter = "$" }
    delete_logs               = true
    failure_reason            = null
    max_concurrent_transforms = null
    max_payload_in_mb         = null
    model_client_config       = { invocations_max_retries = null, invocations_timeout_in_seconds = null }
    name                      = "mock"
    on_destroy                = "stop"
    region                    = "us-east-1"
    tags_all                  = {}
    transform_end_time        = "2025-01-01T00:00:00Z"
    transform_input           = { compression_type = "None", split_type = "None" }
    transform_job_status      = "Completed"
    transform_output          = { assemble_with = "None" }
    transform_start_time      = "2025-01-01T00:00:00Z"
    wait_for_completion       = true
  }
}

mock_resource "mlops_workteam" {
  defaults = {
    arn                         = "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/mock"
    create_date                 = "2025-01-01T00:00:00Z"
    name                        = "mock"
    region                      = "us-east-1"
    sub_domain                  = "https://mock.example.com"
    tags_all                    = {}
    worker_access_configuration = { s3_presign = { iam_policy_constraints = { source_ip = null, vpc_source_ip = null } } }
    workforce_arn               = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
  }
}

mock_resource "mlops_model" {
  defaults = {
    arn                      = "arn:aws:sagemaker:us-east-1:123456789012:model/mock"
    containers               = { additional_model_data_sources = { s3_data_source = { etag = null, manifest_etag = null } }, mode = null, model_data_source = { s3_data_source = { compression_type = "mock", etag = null, hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = null, manifest_s3_uri = null, model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } } }
    creation_time            = "2025-01-01T00:00:00Z"
    enable_network_isolation = false
    name                     = "mock"
    primary_container        = { additional_model_data_sources = { s3_data_source = { etag = null, manifest_etag = null } }, mode = null, model_data_source = { s3_data_source = { compression_type = "mock", etag = null, hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = null, manifest_s3_uri = null, model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } } }
    region                   = "us-east-1"
    source_code              = { sha256 = "0000000000000000000000000000000000000000000000000000000000000000", uri = "s3://mock/mock/" }
    tags_all                 = {}
  }
}

mock_resource "mlops_model_package" {
  defaults = {
    additional_inference_specifications = { containers = { additional_model_data_sources = { s3_data_source = { etag = null, manifest_etag = null } }, additional_s3_data_source = { compression_type = null, etag = null }, image_digest = null, is_checkpoint = null, model_data_etag = null, model_data_source = { s3_data_source = { compression_type = "mock", etag = null, hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = null, manifest_s3_uri = null, model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } } } }
    approval_description                = null
    arn                                 = "arn:aws:sagemaker:us-east-1:123456789012:model-package/mock"
    certify_for_marketplace             = null
    creation_time                       = "2025-01-01T00:00:00Z"
    customer_metadata_properties        = null
    inference_specification             = { containers = { additional_model_data_sources = { s3_data_source = { etag = null, manifest_etag = null } }, additional_s3_data_source = { compression_type = null, etag = null }, image_digest = null, is_checkpoint = null, model_data_etag = null, model_data_source = { s3_data_source = { compression_type = "mock", etag = null, hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = null, manifest_s3_uri = null, model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } } } }
    managed_storage_type                = null
    model_approval_status               = null
    model_card                          = { model_card_content = null, model_card_status = null }
    model_life_cycle                    = { stage = "mock", stage_description = null, stage_status = "mock" }
    model_package_registration_type     = null
    model_package_status                = "Completed"
    model_package_version               = 1
    on_destroy                          = "delete"
    region                              = "us-east-1"
    skip_model_validation               = null
    source_algorithm_specification      = { source_algorithms = { model_data_etag = null, model_data_source = { s3_data_source = { compression_type = "mock", etag = null, hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = null, manifest_s3_uri = null, model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } } } }
    tags_all                            = {}
    validation_specification            = { validation_profiles = { transform_job_definition = { transform_input = { compression_type = "None", split_type = "None" }, transform_output = { assemble_with = "None" } } } }
  }
}

mock_resource "mlops_model_package_group" {
  defaults = {
    arn                        = "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/mock"
    creation_time              = "2025-01-01T00:00:00Z"
    force_destroy              = false
    model_package_group_status = "Completed"
    name                       = "mock"
    region                     = "us-east-1"
    tags_all                   = {}
  }
}

mock_resource "mlops_notebook_instance_lifecycle_configuration" {
  defaults = {
    arn           = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance-lifecycle-config/mock"
    creation_time = "2025-01-01T00:00:00Z"
    name          = "mock"
    region        = "us-east-1"
    tags_all      = {}
  }
}

mock_resource "mlops_notebook_instance" {
  defaults = {
    arn                                     = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/mock"
    creation_time                           = "2025-01-01T00:00:00Z"
    delete_logs                             = true
    direct_internet_access                  = "Enabled"
    failure_reason                          = null
    instance_metadata_service_configuration = { minimum_instance_metadata_service_version = "mock" }
    ip_address_type                         = null
    name                                    = "mock"
    network_interface_id                    = "mock"
    notebook_instance_status                = null
    platform_identifier                     = null
    region                                  = "us-east-1"
    root_access                             = "Enabled"
    tags_all                                = {}
    url                                     = "https://mock.example.com"
    volume_size_in_gb                       = 5
  }
}

mock_resource "mlops_dashboard" {
  defaults = {
    arn      = "arn:aws:cloudwatch::123456789012:dashboard/mock"
    region   = "us-east-1"
    tags_all = {}
  }
}

mock_resource "mlops_processing_job" {
  defaults = {
    arn                      = "arn:aws:sagemaker:us-east-1:123456789012:processing-job/mock"
    creation_time            = "2025-01-01T00:00:00Z"
    delete_logs              = true
    exit_message             = null
    failure_reason           = null
    name                     = "mock"
    network_config           = { enable_inter_container_traffic_encryption = null, enable_network_isolation = null }
    on_destroy               = "delete"
    output_uris              = { train = "s3://mock/train/" }
    processing_end_time      = "2025-01-01T00:00:00Z"
    processing_inputs        = { app_managed = null, dataset_definition = { data_distribution_type = null, input_mode = null }, s3_input = { s3_compression_type = null, s3_data_distribution_type = null, s3_data_type = "S3Prefix", s3_input_mode = null } }
    processing_job_status    = "Completed"
    processing_output_config = { outputs = { app_managed = null, s3_output = { s3_upload_mode = "EndOfJob" } } }
    processing_resources     = { cluster_config = { instance_count = null } }
    processing_start_time    = "2025-01-01T00:00:00Z"
    region                   = "us-east-1"
    source_code              = { sha256 = "0000000000000000000000000000000000000000000000000000000000000000", uri = "s3://mock/mock/" }
    stopping_condition       = { max_runtime_in_seconds = 86400 }
    tags_all                 = {}
    wait_for_completion      = true
  }
}

mock_resource "mlops_training_job" {
  defaults = {
    algorithm_specification                   = { enable_sagemaker_metrics_time_series = null, training_input_mode = "File" }
    arn                                       = "arn:aws:sagemaker:us-east-1:123456789012:training-job/mock"
    billable_time_in_seconds                  = 1
    creation_time                             = "2025-01-01T00:00:00Z"
    debug_hook_config                         = { hook_parameters = null, local_path = null, s3_output_path = "s3://mock/mock/" }
    delete_logs                               = true
    enable_inter_container_traffic_encryption = false
    enable_managed_spot_training              = false
    enable_network_isolation                  = false
    failure_reason                            = null
    final_metrics                             = { accuracy = 1 }
    input_data_config                         = { compression_type = "None", data_source = { s3_data_source = { s3_data_distribution_type = "FullyReplicated", s3_data_type = "S3Prefix" } }, record_wrapper_type = "None" }
    model_artifacts                           = { s3_model_artifacts = "s3://mock/mock/" }
    name                                      = "mock"
    on_destroy                                = "delete"
    output_data_config                        = { compression_type = "GZIP" }
    profiler_config                           = { disable_profiler = null, profiling_interval_in_milliseconds = null, profiling_parameters = null, s3_output_path = null }
    region                                    = "us-east-1"
    resource_config                           = { volume_size_in_gb = null }
    source_code                               = { sha256 = "0000000000000000000000000000000000000000000000000000000000000000", uri = "s3://mock/mock/" }
    stopping_condition                        = { max_pending_time_in_seconds = null, max_runtime_in_seconds = 86400, max_wait_time_in_seconds = null }
    tags_all                                  = {}
    training_end_time                         = "2025-01-01T00:00:00Z"
    training_job_status                       = "Completed"
    training_time_in_seconds                  = 1
    wait_for_completion                       = true
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
    on_error                   = "fail"
    region                     = "us-east-1"
    response                   = null
    response_base64            = "mock"
    response_content_type      = "mock"
    response_custom_attributes = "mock"
    wait_for_in_service        = false
  }
}

mock_data "mlops_pipeline_definition" {
  defaults = {
    json = "{}"
  }
}
