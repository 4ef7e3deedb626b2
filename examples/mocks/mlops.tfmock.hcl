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

mock_resource "mlops_endpoint_alarms" {
  defaults = {
    actions_enabled   = true
    alarm_arns        = {}
    alarm_conditions  = {}
    alarm_name_prefix = null
    alarm_names       = { invocation_5xx_errors = "mock", model_latency = "mock" }
    region            = "us-east-1"
    tags_all          = {}
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
    uris                                   = { baseline = "s3://mock/baseline/", baselines = "s3://mock/baselines/", candidates = "s3://mock/candidates/", capture = "s3://mock/capture/", checkpoints = "s3://mock/checkpoints/", code = "s3://mock/code/", config = "s3://mock/config/", customers = "s3://mock/customers/", data = "s3://mock/data/", drift = "s3://mock/drift/", labeling = "s3://mock/labeling/", labels = "s3://mock/labels/", models = "s3://mock/models/", raw = "s3://mock/raw/", reports = "s3://mock/reports/", requests = "s3://mock/requests/", responses = "s3://mock/responses/", scores = "s3://mock/scores/", splits = "s3://mock/splits/", test = "s3://mock/test/", train = "s3://mock/train/" }
    versioning                             = "Enabled"
  }
}

mock_resource "mlops_dataset" {
  defaults = {
    altered_objects = {}
    content_sha256  = "0000000000000000000000000000000000000000000000000000000000000000"
    file_count      = 1
    files           = {}
    prefix          = ""
    region          = "us-east-1"
    total_bytes     = 1
    uri             = "s3://mock/mock/"
  }
}

mock_resource "mlops_budget" {
  defaults = {
    arn                            = "arn:aws:budgets::123456789012:budget/mock"
    budget_limit                   = { unit = "USD" }
    budget_type                    = "COST"
    cost_types                     = { include_credit = true, include_discount = true, include_other_subscription = true, include_recurring = true, include_refund = true, include_subscription = true, include_support = true, include_tax = true, include_upfront = true, use_amortized = false, use_blended = false }
    notifications_with_subscribers = { notification = { comparison_operator = "GREATER_THAN", threshold_type = "PERCENTAGE" } }
    region                         = "us-east-1"
    tags_all                       = {}
    time_unit                      = "MONTHLY"
  }
}

mock_resource "mlops_off_hours_schedule" {
  defaults = {
    arn                          = "arn:aws:scheduler:us-east-1:123456789012:schedule/default/mock"
    creation_date                = "2025-01-01T00:00:00Z"
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 185
    region                       = "us-east-1"
    schedule_expression_timezone = "UTC"
    state                        = "ENABLED"
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
    arn                        = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/mock"
    configuration              = { data_capture_config = { enable_capture = true }, enable_network_isolation = null, metrics_config = { enable_detailed_observability = null, enable_enhanced_metrics = null, metric_publish_frequency_in_seconds = null }, production_variants = { enable_ssm_access = null, initial_variant_weight = 1, volume_size_in_gb = null }, shadow_production_variants = { enable_ssm_access = null, initial_variant_weight = 1, volume_size_in_gb = null } }
    creation_time              = "2025-01-01T00:00:00Z"
    delete_logs                = true
    delete_vpc_enis_on_destroy = false
    deployment_config          = { blue_green_update_policy = { termination_wait_in_seconds = 0 } }
    endpoint_config_name       = "mock"
    endpoint_status            = "InService"
    failure_reason             = null
    former_config_names        = []
    name                       = "mock"
    region                     = "us-east-1"
    smoke_test                 = { body_sha256 = "0000000000000000000000000000000000000000000000000000000000000000", body_size_in_bytes = 1, on_failure = "rollback" }
    smoke_tested_config_name   = "mock"
    tags_all                   = {}
  }
}

mock_resource "mlops_endpoint_autoscaling" {
  defaults = {
    arn                = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/mock"
    creation_time      = "2025-01-01T00:00:00Z"
    region             = "us-east-1"
    resource_id        = "endpoint/mock/variant/mock"
    role_arn           = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
    scalable_dimension = "sagemaker:variant:DesiredInstanceCount"
    scaling_policies   = { policy_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", step_scaling_policy_configuration = { cooldown = 300, metric_aggregation_type = "Average" }, target_tracking_scaling_policy_configuration = { customized_metric_specification = { metrics = { return_data = true } }, disable_scale_in = false } }
    service_namespace  = "sagemaker"
    suspended_state    = { dynamic_scaling_in_suspended = false, dynamic_scaling_out_suspended = false, scheduled_scaling_suspended = false }
    tags_all           = {}
  }
}

mock_resource "mlops_endpoint_configuration" {
  defaults = {
    arn                        = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/mock"
    creation_time              = "2025-01-01T00:00:00Z"
    data_capture_config        = { enable_capture = true }
    delete_vpc_enis_on_destroy = false
    enable_network_isolation   = null
    metrics_config             = { enable_detailed_observability = null, enable_enhanced_metrics = null, metric_publish_frequency_in_seconds = null }
    name                       = "mock"
    production_variants        = { enable_ssm_access = null, initial_variant_weight = 1, volume_size_in_gb = null }
    region                     = "us-east-1"
    shadow_production_variants = { enable_ssm_access = null, initial_variant_weight = 1, volume_size_in_gb = null }
    tags_all                   = {}
  }
}

mock_resource "mlops_inference_component" {
  defaults = {
    arn                        = "arn:aws:sagemaker:us-east-1:123456789012:inference-component/mock"
    creation_time              = "2025-01-01T00:00:00Z"
    delete_logs                = true
    endpoint_arn               = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
    failure_reason             = null
    inference_component_status = "InService"
    name                       = "mock"
    region                     = "us-east-1"
    runtime_config             = { copy_count = 1 }
    specification              = { compute_resource_requirements = { accelerator_partition_type = null, max_memory_required_in_mb = null, min_memory_required_in_mb = 1, number_of_accelerator_devices_required = null, number_of_cpu_cores_required = null }, data_cache_config = { enable_caching = false } }
    specifications             = { compute_resource_requirements = { accelerator_partition_type = null, max_memory_required_in_mb = null, min_memory_required_in_mb = 1, number_of_accelerator_devices_required = null, number_of_cpu_cores_required = null }, data_cache_config = { enable_caching = false } }
    tags_all                   = {}
    variant_name               = null
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

mock_resource "mlops_human_task_ui" {
  defaults = {
    arn                  = "arn:aws:sagemaker:us-east-1:123456789012:human-task-ui/mock"
    creation_time        = "2025-01-01T00:00:00Z"
    human_task_ui_status = "Active"
    name                 = "mock"
    region               = "us-east-1"
    tags_all             = {}
    ui_template          = { content_sha256 = "0000000000000000000000000000000000000000000000000000000000000000", url = "https://mock.example.com" }
  }
}

mock_resource "mlops_labeling_job" {
  defaults = {
    arn                            = "arn:aws:sagemaker:us-east-1:123456789012:labeling-job/mock"
    creation_time                  = "2025-01-01T00:00:00Z"
    delete_logs                    = true
    delete_vpc_enis_on_destroy     = false
    failure_reason                 = null
    human_task_config              = { max_concurrent_task_count = null, task_availability_lifetime_in_seconds = null }
    job_reference_code             = "mock"
    label_counters                 = { failed_non_retryable_error = 1, human_labeled = 1, machine_labeled = 1, total_labeled = 1, unlabeled = 1 }
    labeling_job_algorithms_config = { labeling_job_resource_config = { volume_kms_key_id = null, vpc_config = { security_group_ids = [], subnets = [] } } }
    labeling_job_output            = { final_active_learning_model_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", output_dataset_s3_uri = "s3://mock/mock/" }
    labeling_job_status            = "Completed"
    name                           = "mock"
    on_destroy                     = "stop"
    region                         = "us-east-1"
    stopping_conditions            = { max_human_labeled_object_count = null, max_percentage_of_input_dataset_labeled = null }
    tags_all                       = {}
    wait_for_completion            = true
  }
}

mock_resource "mlops_workforce" {
  defaults = {
    arn                  = "arn:aws:sagemaker:us-east-1:123456789012:workforce/mock"
    create_date          = "2025-01-01T00:00:00Z"
    failure_reason       = null
    name                 = "mock"
    region               = "us-east-1"
    sub_domain           = "https://mock.example.com"
    tags_all             = {}
    workforce_vpc_config = { vpc_endpoint_id = "mock" }
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
    arn                        = "arn:aws:sagemaker:us-east-1:123456789012:model/mock"
    containers                 = { additional_model_data_sources = { s3_data_source = { etag = null, manifest_etag = null } }, mode = null, model_data_source = { s3_data_source = { compression_type = "mock", etag = null, hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = null, manifest_s3_uri = null, model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } } }
    creation_time              = "2025-01-01T00:00:00Z"
    delete_vpc_enis_on_destroy = false
    enable_network_isolation   = false
    name                       = "mock"
    primary_container          = { additional_model_data_sources = { s3_data_source = { etag = null, manifest_etag = null } }, mode = null, model_data_source = { s3_data_source = { compression_type = "mock", etag = null, hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = null, manifest_s3_uri = null, model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } } }
    region                     = "us-east-1"
    require_approved           = true
    source_code                = { sha256 = "0000000000000000000000000000000000000000000000000000000000000000", uri = "s3://mock/mock/" }
    tags_all                   = {}
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

mock_resource "mlops_data_quality_job_definition" {
  defaults = {
    arn                            = "arn:aws:sagemaker:us-east-1:123456789012:data-quality-job-definition/mock"
    creation_time                  = "2025-01-01T00:00:00Z"
    data_quality_job_input         = { batch_transform_input = { s3_data_distribution_type = "FullyReplicated", s3_input_mode = "File" }, endpoint_input = { s3_data_distribution_type = "FullyReplicated", s3_input_mode = "File" } }
    data_quality_job_output_config = { monitoring_outputs = { s3_output = { s3_upload_mode = "EndOfJob" } } }
    delete_vpc_enis_on_destroy     = false
    name                           = "mock"
    network_config                 = { enable_inter_container_traffic_encryption = null, enable_network_isolation = null }
    region                         = "us-east-1"
    stopping_condition             = { max_runtime_in_seconds = 1 }
    tags_all                       = {}
  }
}

mock_resource "mlops_model_bias_job_definition" {
  defaults = {
    arn                          = "arn:aws:sagemaker:us-east-1:123456789012:model-bias-job-definition/mock"
    creation_time                = "2025-01-01T00:00:00Z"
    delete_vpc_enis_on_destroy   = false
    model_bias_job_input         = { batch_transform_input = { s3_data_distribution_type = "FullyReplicated", s3_input_mode = "File" }, endpoint_input = { s3_data_distribution_type = "FullyReplicated", s3_input_mode = "File" } }
    model_bias_job_output_config = { monitoring_outputs = { s3_output = { s3_upload_mode = "EndOfJob" } } }
    name                         = "mock"
    network_config               = { enable_inter_container_traffic_encryption = null, enable_network_isolation = null }
    region                       = "us-east-1"
    stopping_condition           = { max_runtime_in_seconds = 1 }
    tags_all                     = {}
  }
}

mock_resource "mlops_model_explainability_job_definition" {
  defaults = {
    arn                                    = "arn:aws:sagemaker:us-east-1:123456789012:model-explainability-job-definition/mock"
    creation_time                          = "2025-01-01T00:00:00Z"
    delete_vpc_enis_on_destroy             = false
    model_explainability_job_input         = { batch_transform_input = { s3_data_distribution_type = "FullyReplicated", s3_input_mode = "File" }, endpoint_input = { s3_data_distribution_type = "FullyReplicated", s3_input_mode = "File" } }
    model_explainability_job_output_config = { monitoring_outputs = { s3_output = { s3_upload_mode = "EndOfJob" } } }
    name                                   = "mock"
    network_config                         = { enable_inter_container_traffic_encryption = null, enable_network_isolation = null }
    region                                 = "us-east-1"
    stopping_condition                     = { max_runtime_in_seconds = 1 }
    tags_all                               = {}
  }
}

mock_resource "mlops_model_quality_job_definition" {
  defaults = {
    arn                             = "arn:aws:sagemaker:us-east-1:123456789012:model-quality-job-definition/mock"
    creation_time                   = "2025-01-01T00:00:00Z"
    delete_vpc_enis_on_destroy      = false
    model_quality_job_input         = { batch_transform_input = { s3_data_distribution_type = "FullyReplicated", s3_input_mode = "File" }, endpoint_input = { s3_data_distribution_type = "FullyReplicated", s3_input_mode = "File" } }
    model_quality_job_output_config = { monitoring_outputs = { s3_output = { s3_upload_mode = "EndOfJob" } } }
    name                            = "mock"
    network_config                  = { enable_inter_container_traffic_encryption = null, enable_network_isolation = null }
    region                          = "us-east-1"
    stopping_condition              = { max_runtime_in_seconds = 1 }
    tags_all                        = {}
  }
}

mock_resource "mlops_monitoring_schedule" {
  defaults = {
    alerts                            = { monitoring_alert_name = null }
    arn                               = "arn:aws:sagemaker:us-east-1:123456789012:monitoring-schedule/mock"
    creation_time                     = "2025-01-01T00:00:00Z"
    delete_logs                       = true
    delete_vpc_enis_on_destroy        = false
    endpoint_name                     = "mock"
    failure_reason                    = null
    last_monitoring_execution_summary = { creation_time = "2025-01-01T00:00:00Z", endpoint_name = "mock", failure_reason = null, last_modified_time = "2025-01-01T00:00:00Z", monitoring_execution_status = "mock", monitoring_job_definition_name = "mock", processing_job_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", scheduled_time = "2025-01-01T00:00:00Z" }
    monitoring_schedule_config        = { monitoring_job_definition = { monitoring_inputs = { batch_transform_input = { s3_data_distribution_type = "FullyReplicated", s3_input_mode = "File" }, endpoint_input = { s3_data_distribution_type = "FullyReplicated", s3_input_mode = "File" } }, monitoring_output_config = { monitoring_outputs = { s3_output = { s3_upload_mode = "EndOfJob" } } }, network_config = { enable_inter_container_traffic_encryption = null, enable_network_isolation = null }, stopping_condition = { max_runtime_in_seconds = 1 } }, monitoring_type = null, schedule_config = { data_analysis_end_time = null, data_analysis_start_time = null, schedule_expression = "mock" } }
    monitoring_schedule_status        = null
    name                              = "mock"
    region                            = "us-east-1"
    tags_all                          = {}
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
    delete_vpc_enis_on_destroy              = false
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

mock_resource "mlops_anomaly_detector" {
  defaults = {
    adopted                      = false
    anomaly_detector_id          = "mock"
    metric                       = "mock"
    metric_math_anomaly_detector = { metric_data_queries = { return_data = true } }
    region                       = "us-east-1"
  }
}

mock_resource "mlops_composite_alarm" {
  defaults = {
    actions_enabled = true
    arn             = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:mock"
    region          = "us-east-1"
    tags_all        = {}
  }
}

mock_resource "mlops_dashboard" {
  defaults = {
    arn            = "arn:aws:cloudwatch::123456789012:dashboard/mock"
    dashboard_body = null
    region         = "us-east-1"
    tags_all       = {}
  }
}

mock_resource "mlops_log_group" {
  defaults = {
    adopted                     = false
    arn                         = "arn:aws:logs:us-east-1:123456789012:log-group:mock"
    creation_time               = "2025-01-01T00:00:00Z"
    deletion_protection_enabled = false
    log_group_class             = "STANDARD"
    region                      = "us-east-1"
    tags_all                    = {}
  }
}

mock_resource "mlops_metric_alarm" {
  defaults = {
    actions_enabled       = true
    arn                   = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:mock"
    evaluation_window     = { wall_clock_window = { timezone = "UTC" } }
    metrics               = { return_data = true }
    region                = "us-east-1"
    tags_all              = {}
    warm_up_configuration = { only_start_evaluating_after_warm_up_period_ends = false }
  }
}

mock_resource "mlops_notification_topic" {
  defaults = {
    arn                   = "arn:aws:sns:us-east-1:123456789012:mock"
    name                  = "mock"
    pending_subscriptions = []
    region                = "us-east-1"
    service_principals    = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com"]
    subscriptions         = { filter_policy_scope = "MessageAttributes", raw_message_delivery = false }
    tags_all              = {}
  }
}

mock_resource "mlops_pipeline" {
  defaults = {
    arn                       = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/mock"
    creation_time             = "2025-01-01T00:00:00Z"
    definition                = null
    definition_sha256         = "0000000000000000000000000000000000000000000000000000000000000000"
    display_name              = null
    ignore_sdk_timestamps     = true
    name                      = "mock"
    on_destroy                = "stop_executions"
    parallelism_configuration = { max_parallel_execution_steps = 1 }
    pipeline_version_id       = 1
    region                    = "us-east-1"
    tags_all                  = {}
  }
}

mock_resource "mlops_pipeline_execution" {
  defaults = {
    arn                       = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/mock"
    creation_time             = "2025-01-01T00:00:00Z"
    display_name              = null
    failure_reason            = null
    max_retries               = 0
    mlflow_experiment_name    = null
    on_destroy                = "stop"
    parallelism_configuration = { max_parallel_execution_steps = 1 }
    pipeline_arn              = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
    pipeline_execution_status = "Succeeded"
    pipeline_version_id       = null
    region                    = "us-east-1"
    steps                     = { arn = null, attempt_count = 1, cache_hit = false, end_time = null, failure_reason = null, outcome = null, outputs = {}, source_pipeline_execution_arn = null, start_time = "2025-01-01T00:00:00Z", status = "mock" }
    wait_for_completion       = true
  }
}

mock_resource "mlops_pipeline_schedule" {
  defaults = {
    action_after_completion      = "NONE"
    arn                          = "arn:aws:scheduler:us-east-1:123456789012:schedule/mock"
    creation_date                = "2025-01-01T00:00:00Z"
    group_name                   = "default"
    region                       = "us-east-1"
    retry_policy                 = { maximum_event_age_in_seconds = null, maximum_retry_attempts = null }
    schedule_expression_timezone = "UTC"
    state                        = "ENABLED"
  }
}

mock_resource "mlops_pipeline_trigger" {
  defaults = {
    arn           = "arn:aws:events:us-east-1:123456789012:rule/mock"
    event_pattern = null
    region        = "us-east-1"
    retry_policy  = { maximum_event_age_in_seconds = null, maximum_retry_attempts = null }
    state         = "ENABLED"
    tags_all      = {}
    target_id     = "mock"
  }
}

mock_resource "mlops_processing_job" {
  defaults = {
    arn                        = "arn:aws:sagemaker:us-east-1:123456789012:processing-job/mock"
    creation_time              = "2025-01-01T00:00:00Z"
    delete_logs                = true
    delete_vpc_enis_on_destroy = false
    exit_message               = null
    failure_reason             = null
    name                       = "mock"
    network_config             = { enable_inter_container_traffic_encryption = null, enable_network_isolation = null }
    on_destroy                 = "delete"
    output_uris                = { baseline = "s3://mock/baseline/", report = "s3://mock/report/", test = "s3://mock/test/", train = "s3://mock/train/", validation = "s3://mock/validation/" }
    processing_end_time        = "2025-01-01T00:00:00Z"
    processing_inputs          = { app_managed = null, dataset_definition = { data_distribution_type = null, input_mode = null }, s3_input = { s3_compression_type = null, s3_data_distribution_type = null, s3_data_type = "S3Prefix", s3_input_mode = null } }
    processing_job_status      = "Completed"
    processing_output_config   = { outputs = { app_managed = null, s3_output = { s3_upload_mode = "EndOfJob" } } }
    processing_resources       = { cluster_config = { instance_count = null } }
    processing_start_time      = "2025-01-01T00:00:00Z"
    region                     = "us-east-1"
    source_code                = { sha256 = "0000000000000000000000000000000000000000000000000000000000000000", uri = "s3://mock/mock/" }
    stopping_condition         = { max_runtime_in_seconds = 86400 }
    tags_all                   = {}
    wait_for_completion        = true
  }
}

mock_resource "mlops_studio_domain" {
  defaults = {
    app_network_access_type                        = "PublicInternetOnly"
    app_security_group_management                  = null
    arn                                            = "arn:aws:sagemaker:us-east-1:123456789012:domain/mock"
    creation_time                                  = "2025-01-01T00:00:00Z"
    default_space_settings                         = { custom_posix_user_config = { gid = 1, uid = 1 }, execution_role = null, jupyter_lab_app_settings = { app_lifecycle_management = { idle_settings = { idle_timeout_in_minutes = null, lifecycle_management = null, max_idle_timeout_in_minutes = null, min_idle_timeout_in_minutes = null } }, built_in_lifecycle_config_arn = null, default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, emr_settings = { assumable_role_arns = null, execution_role_arns = null }, lifecycle_config_arns = null }, jupyter_server_app_settings = { default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, lifecycle_config_arns = null }, kernel_gateway_app_settings = { default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, lifecycle_config_arns = null }, security_groups = null, space_storage_settings = { default_ebs_storage_settings = { default_ebs_volume_size_in_gb = 1, maximum_ebs_volume_size_in_gb = 1 } } }
    default_user_settings                          = { auto_mount_home_efs = null, canvas_app_settings = { direct_deploy_settings = { status = null }, emr_serverless_settings = { execution_role_arn = null, status = null }, generative_ai_settings = { amazon_bedrock_role_arn = null }, kendra_settings = { status = null }, model_register_settings = { cross_account_model_register_role_arn = null, status = null }, time_series_forecasting_settings = { amazon_forecast_role_arn = null, status = null }, workspace_settings = { s3_artifact_path = null, s3_kms_key_id = null } }, code_editor_app_settings = { app_lifecycle_management = { idle_settings = { idle_timeout_in_minutes = null, lifecycle_management = null, max_idle_timeout_in_minutes = null, min_idle_timeout_in_minutes = null } }, built_in_lifecycle_config_arn = null, default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, lifecycle_config_arns = null }, custom_posix_user_config = { gid = 1, uid = 1 }, default_landing_uri = null, execution_role = null, jupyter_lab_app_settings = { app_lifecycle_management = { idle_settings = { idle_timeout_in_minutes = null, lifecycle_management = null, max_idle_timeout_in_minutes = null, min_idle_timeout_in_minutes = null } }, built_in_lifecycle_config_arn = null, default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, emr_settings = { assumable_role_arns = null, execution_role_arns = null }, lifecycle_config_arns = null }, jupyter_server_app_settings = { default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, lifecycle_config_arns = null }, kernel_gateway_app_settings = { default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, lifecycle_config_arns = null }, r_session_app_settings = { default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null } }, r_studio_server_pro_app_settings = { access_status = null, user_group = null }, security_groups = null, sharing_settings = { notebook_output_option = null, s3_kms_key_id = null, s3_output_path = null }, space_storage_settings = { default_ebs_storage_settings = { default_ebs_volume_size_in_gb = 1, maximum_ebs_volume_size_in_gb = 1 } }, studio_web_portal = null, studio_web_portal_settings = { execution_role_session_name_mode = null, hidden_app_types = null, hidden_instance_types = null, hidden_ml_tools = null }, tensor_board_app_settings = { default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null } } }
    delete_vpc_enis_on_destroy                     = false
    domain_id                                      = "mock"
    domain_settings                                = { amazon_q_settings = { q_profile_arn = null, status = null }, docker_settings = { enable_docker_access = null, rootless_docker = null, vpc_only_trusted_accounts = null }, execution_role_identity_config = null, ip_address_type = null, r_studio_server_pro_domain_settings = { default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, domain_execution_role_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", r_studio_connect_url = null, r_studio_package_manager_url = null }, security_group_ids = null, trusted_identity_propagation_settings = { status = "InService" }, unified_studio_settings = { domain_account_id = null, domain_id = null, domain_region = null, environment_id = null, project_id = null, project_s3_path = null, single_sign_on_application_arn = null, studio_web_portal_access = null } }
    failure_reason                                 = null
    force_destroy                                  = false
    home_efs_file_system_creation                  = null
    home_efs_file_system_id                        = "mock"
    home_efs_file_system_retention                 = "Delete"
    region                                         = "us-east-1"
    security_group_id_for_domain_boundary          = "mock"
    single_sign_on_application_arn                 = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
    single_sign_on_managed_application_instance_id = "mock"
    status                                         = "InService"
    tag_propagation                                = "DISABLED"
    tags_all                                       = {}
    url                                            = "https://mock.example.com"
  }
}

mock_resource "mlops_studio_user_profile" {
  defaults = {
    arn                      = "arn:aws:sagemaker:us-east-1:123456789012:user-profile/mock"
    creation_time            = "2025-01-01T00:00:00Z"
    failure_reason           = null
    force_destroy            = false
    home_efs_file_system_uid = "mock"
    region                   = "us-east-1"
    status                   = "InService"
    tags_all                 = {}
    user_settings            = { auto_mount_home_efs = null, canvas_app_settings = { direct_deploy_settings = { status = null }, emr_serverless_settings = { execution_role_arn = null, status = null }, generative_ai_settings = { amazon_bedrock_role_arn = null }, kendra_settings = { status = null }, model_register_settings = { cross_account_model_register_role_arn = null, status = null }, time_series_forecasting_settings = { amazon_forecast_role_arn = null, status = null }, workspace_settings = { s3_artifact_path = null, s3_kms_key_id = null } }, code_editor_app_settings = { app_lifecycle_management = { idle_settings = { idle_timeout_in_minutes = null, lifecycle_management = null, max_idle_timeout_in_minutes = null, min_idle_timeout_in_minutes = null } }, built_in_lifecycle_config_arn = null, default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, lifecycle_config_arns = null }, custom_posix_user_config = { gid = 1, uid = 1 }, default_landing_uri = null, execution_role = null, jupyter_lab_app_settings = { app_lifecycle_management = { idle_settings = { idle_timeout_in_minutes = null, lifecycle_management = null, max_idle_timeout_in_minutes = null, min_idle_timeout_in_minutes = null } }, built_in_lifecycle_config_arn = null, default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, emr_settings = { assumable_role_arns = null, execution_role_arns = null }, lifecycle_config_arns = null }, jupyter_server_app_settings = { default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, lifecycle_config_arns = null }, kernel_gateway_app_settings = { default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null }, lifecycle_config_arns = null }, r_session_app_settings = { default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null } }, r_studio_server_pro_app_settings = { access_status = null, user_group = null }, security_groups = null, sharing_settings = { notebook_output_option = null, s3_kms_key_id = null, s3_output_path = null }, space_storage_settings = { default_ebs_storage_settings = { default_ebs_volume_size_in_gb = 1, maximum_ebs_volume_size_in_gb = 1 } }, studio_web_portal = null, studio_web_portal_settings = { execution_role_session_name_mode = null, hidden_app_types = null, hidden_instance_types = null, hidden_ml_tools = null }, tensor_board_app_settings = { default_resource_spec = { instance_type = null, lifecycle_config_arn = null, sagemaker_image_arn = null, sagemaker_image_version_alias = null, sagemaker_image_version_arn = null, training_plan_arn = null } } }
  }
}

mock_resource "mlops_auto_ml_job" {
  defaults = {
    arn                          = "arn:aws:sagemaker:us-east-1:123456789012:automl-job/mock"
    auto_ml_job_artifacts        = { candidate_definition_notebook_location = "s3://mock/mock/", data_exploration_notebook_location = "s3://mock/mock/" }
    auto_ml_job_secondary_status = "mock"
    auto_ml_job_status           = "Completed"
    best_candidate               = { candidate_name = "mock", candidate_properties = { candidate_artifact_locations = { backtest_results = "mock", explainability = "mock", model_insights = "mock" }, candidate_metrics = { metric_name = "mock", set = "mock", standard_metric_name = "mock", value = 1 } }, candidate_status = "mock", candidate_steps = { candidate_step_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", candidate_step_name = "mock", candidate_step_type = "mock" }, creation_time = "2025-01-01T00:00:00Z", end_time = "2025-01-01T00:00:00Z", failure_reason = null, final_auto_ml_job_objective_metric = { metric_name = "mock", objective_type = "mock", standard_metric_name = "mock", value = 1 }, inference_containers = { environment = {}, image = "mock", model_data_url = "s3://mock/mock/" }, objective_status = "mock" }
    creation_time                = "2025-01-01T00:00:00Z"
    delete_logs                  = true
    delete_vpc_enis_on_destroy   = false
    end_time                     = "2025-01-01T00:00:00Z"
    failure_reason               = null
    model_deploy_result          = { endpoint_name = "mock" }
    name                         = "mock"
    on_destroy                   = "stop"
    region                       = "us-east-1"
    resolved_attributes          = { base_model_name = "mock", metric_name = "mock", problem_type = "mock" }
    tags_all                     = {}
    wait_for_completion          = true
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
    delete_vpc_enis_on_destroy        = false
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
    delete_model_packages_on_destroy          = false
    delete_vpc_enis_on_destroy                = false
    enable_inter_container_traffic_encryption = false
    enable_managed_spot_training              = false
    enable_network_isolation                  = false
    failure_reason                            = null
    final_metrics                             = { accuracy = 1, auc = 1 }
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

mock_data "mlops_cost_estimate" {
  defaults = {
    currency       = "mock"
    effective_date = "2025-01-01T00:00:00Z"
    hourly_cost    = 1
    items          = { effective_date = "2025-01-01T00:00:00Z", hourly_cost = 1, hourly_price = 1, hours_per_month = null, instance_count = 1, monthly_cost = 1 }
    monthly_cost   = 1
    region         = "us-east-1"
  }
}

mock_data "mlops_deployer_policy" {
  defaults = {
    access                           = "apply"
    delete_model_packages_on_destroy = false
    delete_vpc_enis_on_destroy       = false
    json                             = "{}"
    policies                         = []
    regions                          = null
  }
}

mock_data "mlops_endpoint" {
  defaults = {
    arn                          = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/mock"
    creation_time                = "2025-01-01T00:00:00Z"
    endpoint_config_name         = "mock"
    endpoint_status              = "InService"
    failure_reason               = null
    last_modified_time           = "2025-01-01T00:00:00Z"
    pending_endpoint_config_name = "mock"
    production_variants          = { current_instance_count = 1, current_weight = 1, desired_instance_count = 1, desired_weight = 1, variant_name = "mock" }
    region                       = "us-east-1"
    shadow_production_variants   = { current_instance_count = 1, current_weight = 1, desired_instance_count = 1, desired_weight = 1, variant_name = "mock" }
  }
}

mock_data "mlops_inference" {
  defaults = {
    body_sha256                = "0000000000000000000000000000000000000000000000000000000000000000"
    body_size_in_bytes         = 1
    closed_session_id          = "mock"
    invoked_production_variant = "mock"
    new_session_id             = "mock"
    on_error                   = "fail"
    region                     = "us-east-1"
    response                   = null
    response_base64            = "mock"
    response_content_type      = "mock"
    response_custom_attributes = "mock"
    store_response             = true
    wait_for_in_service        = false
  }
}

mock_data "mlops_model_packages" {
  defaults = {
    model_packages = { arn = "", creation_time = "2025-01-01T00:00:00Z", model_approval_status = null, model_package_description = "mock", model_package_group_name = null, model_package_name = null, model_package_registration_type = null, model_package_status = "mock", model_package_version = 1, stage = null }
    region         = "us-east-1"
  }
}

mock_data "mlops_pipeline_definition" {
  defaults = {
    json = "{}"
  }
}

mock_data "mlops_prebuilt_image" {
  defaults = {
    account_id      = "123456789012"
    image_tag       = "mock"
    image_uri       = "mock"
    region          = "us-east-1"
    repository_arn  = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
    repository_name = "mock"
  }
}

mock_data "mlops_s3_object" {
  defaults = {
    content       = null
    content_type  = "mock"
    etag          = "mock"
    json          = { auc = 1 }
    last_modified = "2025-01-01T00:00:00Z"
    region        = "us-east-1"
    size          = 1
    version_id    = null
  }
}

mock_data "mlops_service_quota" {
  defaults = {
    adjustable = false
    arn        = "arn:aws:servicequotas:us-east-1:123456789012:sagemaker/L-00000000"
    available  = 1
    in_use     = 1
    quota_code = "mock"
    quota_name = "mock"
    region     = "us-east-1"
    value      = 1
  }
}

mock_data "mlops_model_package" {
  defaults = {
    additional_inference_specifications = { containers = { additional_model_data_sources = { channel_name = "mock", s3_data_source = { compression_type = "mock", etag = "mock", hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = "mock", manifest_s3_uri = "s3://mock/mock/", model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } }, additional_s3_data_source = { compression_type = "mock", etag = "mock", s3_data_type = "mock", s3_uri = "s3://mock/mock/" }, base_model = { hub_content_name = "mock", hub_content_version = "mock", recipe_name = "mock" }, container_hostname = "mock", environment = {}, framework = "mock", framework_version = "mock", image = "mock", image_digest = "mock", is_checkpoint = false, model_data_etag = "mock", model_data_source = { s3_data_source = { compression_type = "mock", etag = "mock", hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = "mock", manifest_s3_uri = "s3://mock/mock/", model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } }, model_data_url = "s3://mock/mock/", model_input = { data_input_config = "mock" }, nearest_model_name = "mock", product_id = "mock" }, description = "mock", name = "mock", supported_content_types = [], supported_realtime_inference_instance_types = [], supported_response_mime_types = [], supported_transform_instance_types = [] }
    approval_description                = "mock"
    arn                                 = "arn:aws:sagemaker:us-east-1:123456789012:model-package/mock"
    certify_for_marketplace             = false
    creation_time                       = "2025-01-01T00:00:00Z"
    customer_metadata_properties        = {}
    domain                              = "mock"
    drift_check_baselines               = { bias = { config_file = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, post_training_constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, pre_training_constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, explainability = { config_file = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, model_data_quality = { constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, statistics = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, model_quality = { constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, statistics = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } } }
    inference_specification             = { containers = { additional_model_data_sources = { channel_name = "mock", s3_data_source = { compression_type = "mock", etag = "mock", hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = "mock", manifest_s3_uri = "s3://mock/mock/", model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } }, additional_s3_data_source = { compression_type = "mock", etag = "mock", s3_data_type = "mock", s3_uri = "s3://mock/mock/" }, base_model = { hub_content_name = "mock", hub_content_version = "mock", recipe_name = "mock" }, container_hostname = "mock", environment = {}, framework = "mock", framework_version = "mock", image = "mock", image_digest = "mock", is_checkpoint = false, model_data_etag = "mock", model_data_source = { s3_data_source = { compression_type = "mock", etag = "mock", hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = "mock", manifest_s3_uri = "s3://mock/mock/", model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } }, model_data_url = "s3://mock/mock/", model_input = { data_input_config = "mock" }, nearest_model_name = "mock", product_id = "mock" }, supported_content_types = [], supported_realtime_inference_instance_types = [], supported_response_mime_types = [], supported_transform_instance_types = [] }
    managed_storage_type                = "mock"
    metadata_properties                 = { commit_id = "mock", generated_by = "mock", project_id = "mock", repository = "mock" }
    model_approval_status               = null
    model_card                          = { model_card_content = "mock", model_card_status = "mock" }
    model_life_cycle                    = { stage = "mock", stage_description = "mock", stage_status = "mock" }
    model_metrics                       = { bias = { post_training_report = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, pre_training_report = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, report = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, explainability = { report = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, model_data_quality = { constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, statistics = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, model_quality = { constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, statistics = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } } }
    model_package_description           = "mock"
    model_package_group_name            = null
    model_package_name                  = "mock"
    model_package_registration_type     = "mock"
    model_package_status                = "Completed"
    model_package_version               = 1
    region                              = "us-east-1"
    sample_payload_url                  = "s3://mock/mock/"
    security_config                     = { kms_key_id = "mock" }
    skip_model_validation               = "mock"
    source_algorithm_specification      = { source_algorithms = { algorithm_name = "mock", model_data_etag = "mock", model_data_source = { s3_data_source = { compression_type = "mock", etag = "mock", hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, manifest_etag = "mock", manifest_s3_uri = "s3://mock/mock/", model_access_config = { accept_eula = false }, s3_data_type = "mock", s3_uri = "s3://mock/mock/" } }, model_data_url = "s3://mock/mock/" } }
    source_uri                          = "mock"
    tags                                = {}
    task                                = "mock"
    validation_specification            = { validation_profiles = { profile_name = "mock", transform_job_definition = { batch_strategy = "mock", environment = {}, max_concurrent_transforms = 1, max_payload_in_mb = 1, transform_input = { compression_type = "mock", content_type = "mock", data_source = { s3_data_source = { s3_data_type = "mock", s3_uri = "s3://mock/mock/" } }, split_type = "mock" }, transform_output = { accept = "mock", assemble_with = "mock", kms_key_id = "mock", s3_output_path = "s3://mock/mock/" }, transform_resources = { instance_count = 1, instance_type = "mock", transform_ami_version = "mock", volume_kms_key_id = "mock" } } }, validation_role = "mock" }
  }
}

mock_data "mlops_processing_job" {
  defaults = {
    app_specification        = { container_arguments = [], container_entrypoint = [], image_uri = "mock" }
    arn                      = "arn:aws:sagemaker:us-east-1:123456789012:processing-job/mock"
    creation_time            = "2025-01-01T00:00:00Z"
    environment              = {}
    exit_message             = null
    experiment_config        = { experiment_name = "mock", run_name = "mock", trial_component_display_name = "mock", trial_name = "mock" }
    failure_reason           = null
    network_config           = { enable_inter_container_traffic_encryption = false, enable_network_isolation = false, vpc_config = { security_group_ids = [], subnets = [] } }
    output_uris              = { baseline = "s3://mock/baseline/", report = "s3://mock/report/", test = "s3://mock/test/", train = "s3://mock/train/", validation = "s3://mock/validation/" }
    processing_end_time      = "2025-01-01T00:00:00Z"
    processing_inputs        = { app_managed = false, dataset_definition = { athena_dataset_definition = { catalog = "mock", database = "mock", kms_key_id = "mock", output_compression = "mock", output_format = "mock", output_s3_uri = "s3://mock/mock/", query_string = "mock", work_group = "mock" }, data_distribution_type = "mock", input_mode = "mock", local_path = "mock", redshift_dataset_definition = { cluster_id = "mock", cluster_role_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", database = "mock", db_user = "mock", kms_key_id = "mock", output_compression = "mock", output_format = "mock", output_s3_uri = "s3://mock/mock/", query_string = "mock" } }, input_name = "mock", s3_input = { local_path = "mock", s3_compression_type = "mock", s3_data_distribution_type = "mock", s3_data_type = "mock", s3_input_mode = "mock", s3_uri = "s3://mock/mock/" } }
    processing_job_status    = "Completed"
    processing_output_config = { kms_key_id = "mock", outputs = { app_managed = false, feature_store_output = { feature_group_name = "mock" }, output_name = "mock", s3_output = { local_path = "mock", s3_upload_mode = "mock", s3_uri = "s3://mock/mock/" } } }
    processing_resources     = { cluster_config = { instance_count = 1, instance_preferences = { instance_count = 1, instance_type = "mock" }, instance_type = "mock", volume_kms_key_id = "mock", volume_size_in_gb = 1 } }
    processing_start_time    = "2025-01-01T00:00:00Z"
    region                   = "us-east-1"
    role_arn                 = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
    stopping_condition       = { max_runtime_in_seconds = 1 }
    tags                     = {}
  }
}

mock_data "mlops_training_job" {
  defaults = {
    algorithm_specification                   = { algorithm_name = "mock", container_arguments = [], container_entrypoint = [], enable_sagemaker_metrics_time_series = false, metric_definitions = { name = "mock", regex = "mock" }, training_image = "mock", training_image_config = { training_repository_access_mode = "mock", training_repository_auth_config = { training_repository_credentials_provider_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" } }, training_input_mode = "mock" }
    arn                                       = "arn:aws:sagemaker:us-east-1:123456789012:training-job/mock"
    billable_time_in_seconds                  = 1
    checkpoint_config                         = { local_path = "mock", s3_uri = "s3://mock/mock/" }
    creation_time                             = "2025-01-01T00:00:00Z"
    debug_hook_config                         = { collection_configurations = { collection_name = "mock", collection_parameters = {} }, hook_parameters = {}, local_path = "mock", s3_output_path = "s3://mock/mock/" }
    debug_rule_configurations                 = { instance_type = "mock", local_path = "mock", rule_configuration_name = "mock", rule_evaluator_image = "mock", rule_parameters = {}, s3_output_path = "s3://mock/mock/", volume_size_in_gb = 1 }
    enable_inter_container_traffic_encryption = false
    enable_managed_spot_training              = false
    enable_network_isolation                  = false
    environment                               = {}
    experiment_config                         = { experiment_name = "mock", run_name = "mock", trial_component_display_name = "mock", trial_name = "mock" }
    failure_reason                            = null
    final_metrics                             = { accuracy = 1, auc = 1 }
    hyper_parameters                          = {}
    infra_check_config                        = { enable_infra_check = false }
    input_data_config                         = { channel_name = "mock", compression_type = "mock", content_type = "mock", data_source = { dataset_source = { dataset_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, file_system_data_source = { directory_path = "mock", file_system_access_mode = "mock", file_system_id = "mock", file_system_type = "mock" }, s3_data_source = { attribute_names = [], hub_access_config = { hub_content_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }, instance_group_names = [], model_access_config = { accept_eula = false }, s3_data_distribution_type = "mock", s3_data_type = "mock", s3_uri = "s3://mock/mock/" } }, input_mode = "mock", record_wrapper_type = "mock", shuffle_config = { seed = 1 } }
    mlflow_config                             = { mlflow_experiment_name = "mock", mlflow_resource_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", mlflow_run_name = "mock" }
    model_artifacts                           = { s3_model_artifacts = "s3://mock/mock/" }
    model_package_config                      = { model_package_group_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", source_model_package_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }
    output_data_config                        = { compression_type = "mock", kms_key_id = "mock", s3_output_path = "s3://mock/mock/" }
    profiler_config                           = { disable_profiler = false, profiling_interval_in_milliseconds = 1, profiling_parameters = {}, s3_output_path = "s3://mock/mock/" }
    profiler_rule_configurations              = { instance_type = "mock", local_path = "mock", rule_configuration_name = "mock", rule_evaluator_image = "mock", rule_parameters = {}, s3_output_path = "s3://mock/mock/", volume_size_in_gb = 1 }
    region                                    = "us-east-1"
    remote_debug_config                       = { enable_remote_debug = false }
    resource_config                           = { instance_count = 1, instance_groups = { instance_count = 1, instance_group_name = "mock", instance_type = "mock" }, instance_placement_config = { enable_multiple_jobs = false, placement_specifications = { instance_count = 1, ultra_server_id = "mock" } }, instance_preferences = { instance_count = 1, instance_type = "mock", training_plan_arns = [] }, instance_type = "mock", keep_alive_period_in_seconds = 1, training_plan_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", volume_kms_key_id = "mock", volume_size_in_gb = 1 }
    retry_strategy                            = { maximum_retry_attempts = 1 }
    role_arn                                  = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
    serverless_job_config                     = { accept_eula = false, base_model_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", customization_technique = "mock", evaluation_type = "mock", evaluator_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", job_type = "mock", peft = "mock", sequence_length = "mock" }
    stopping_condition                        = { max_pending_time_in_seconds = 1, max_runtime_in_seconds = 1, max_wait_time_in_seconds = 1 }
    tags                                      = {}
    tensor_board_output_config                = { local_path = "mock", s3_output_path = "s3://mock/mock/" }
    training_end_time                         = "2025-01-01T00:00:00Z"
    training_job_status                       = "Completed"
    training_time_in_seconds                  = 1
    vpc_config                                = { security_group_ids = [], subnets = [] }
  }
}
