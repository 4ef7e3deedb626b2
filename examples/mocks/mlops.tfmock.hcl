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

mock_resource "mlops_hyper_parameter_tuning_job" {
  defaults = {
    arn                               = "arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/mock"
    best_training_job                 = { final_hyper_parameter_tuning_job_objective_metric = { metric_name = "mock", type = "mock", value = 1 }, model_artifacts = { s3_model_artifacts = "s3://mock/mock/" }, training_job_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", training_job_definition_name = "mock", training_job_name = "mock", tuned_hyper_parameters = {}, tuning_job_name = "mock" }
    consumed_resources                = { runtime_in_seconds = 1 }
    creation_time                     = "2025-01-01T00:00:00Z"
    delete_logs                       = true
    delete_training_jobs              = true
    failure_reason                    = null
    hyper_parameter_tuning_end_time   = "2025-01-01T00:00:00Z"
    hyper_parameter_tuning_job_config = { parameter_ranges = { continuous_parameter_ranges = { scaling_type = null }, integer_parameter_ranges = { scaling_type = null } }, random_seed = null, resource_limits = { max_number_of_training_jobs = null, max_runtime_in_seconds = null }, strategy = "Bayesian", training_job_early_stopping_type = null, tuning_job_completion_criteria = { best_objective_not_improving = { max_number_of_training_jobs_not_improving = null }, convergence_detected = { complete_on_convergence = null }, target_objective_metric_value = null } }
    hyper_parameter_tuning_job_status = "Completed"
    name                              = "mock"
    objective_status_counters         = { failed = 1, pending = 1, succeeded = 1 }
    on_destroy                        = "delete"
    overall_best_training_job         = { final_hyper_parameter_tuning_job_objective_metric = { metric_name = "mock", type = "mock", value = 1 }, model_artifacts = { s3_model_artifacts = "s3://mock/mock/" }, training_job_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", training_job_definition_name = "mock", training_job_name = "mock", tuned_hyper_parameters = {}, tuning_job_name = "mock" }
    region                            = "us-east-1"
    source_code                       = { sha256 = "0000000000000000000000000000000000000000000000000000000000000000", uri = "s3://mock/mock/" }
    tags_all                          = {}
    training_job_definition           = { algorithm_specification = { training_input_mode = "File" }, enable_inter_container_traffic_encryption = false, enable_managed_spot_training = false, enable_network_isolation = false, hyper_parameter_ranges = { continuous_parameter_ranges = { scaling_type = null }, integer_parameter_ranges = { scaling_type = null } }, hyper_parameter_tuning_resource_config = { allocation_strategy = null, volume_size_in_gb = null }, input_data_config = { compression_type = "None", data_source = { s3_data_source = { s3_data_distribution_type = "FullyReplicated", s3_data_type = "S3Prefix" } }, record_wrapper_type = "None" }, output_data_config = { compression_type = "GZIP" }, resource_config = { volume_size_in_gb = null }, retry_strategy = { maximum_retry_attempts = 1 }, stopping_condition = { max_pending_time_in_seconds = null, max_runtime_in_seconds = 86400, max_wait_time_in_seconds = null } }
    training_job_definitions          = { algorithm_specification = { training_input_mode = "File" }, enable_inter_container_traffic_encryption = false, enable_managed_spot_training = false, enable_network_isolation = false, hyper_parameter_ranges = { continuous_parameter_ranges = { scaling_type = null }, integer_parameter_ranges = { scaling_type = null } }, hyper_parameter_tuning_resource_config = { allocation_strategy = null, volume_size_in_gb = null }, input_data_config = { compression_type = "None", data_source = { s3_data_source = { s3_data_distribution_type = "FullyReplicated", s3_data_type = "S3Prefix" } }, record_wrapper_type = "None" }, output_data_config = { compression_type = "GZIP" }, resource_config = { volume_size_in_gb = null }, retry_strategy = { maximum_retry_attempts = 1 }, stopping_condition = { max_pending_time_in_seconds = null, max_runtime_in_seconds = 86400, max_wait_time_in_seconds = null } }
    training_job_status_counters      = { completed = 1, in_progress = 1, non_retryable_error = 1, retryable_error = 1, stopped = 1 }
    tuning_job_completion_details     = { convergence_detected_time = "2025-01-01T00:00:00Z", number_of_training_jobs_objective_not_improving = 1 }
    wait_for_completion               = true
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
