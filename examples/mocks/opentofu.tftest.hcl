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

  mock_resource "mlops_endpoint_alarms" {
    defaults = {
      alarm_arns       = {}
      alarm_conditions = {}
      alarm_names      = { invocation_5xx_errors = "mock", model_latency = "mock" }
      tags_all         = {}
    }
  }

  mock_resource "mlops_bucket_layout" {
    defaults = {
      arn                         = "arn:aws:s3:::mock"
      bucket_domain_name          = "mock.s3.us-east-1.amazonaws.com"
      bucket_regional_domain_name = "mock.s3.us-east-1.amazonaws.com"
      tags_all                    = {}
      uris                        = { baseline = "s3://mock/baseline/", baselines = "s3://mock/baselines/", candidates = "s3://mock/candidates/", capture = "s3://mock/capture/", checkpoints = "s3://mock/checkpoints/", code = "s3://mock/code/", config = "s3://mock/config/", customers = "s3://mock/customers/", data = "s3://mock/data/", drift = "s3://mock/drift/", labeling = "s3://mock/labeling/", labels = "s3://mock/labels/", models = "s3://mock/models/", raw = "s3://mock/raw/", reports = "s3://mock/reports/", requests = "s3://mock/requests/", responses = "s3://mock/responses/", scores = "s3://mock/scores/", splits = "s3://mock/splits/", test = "s3://mock/test/", train = "s3://mock/train/" }
    }
  }

  mock_resource "mlops_dataset" {
    defaults = {
      altered_objects = {}
      file_count      = 1
      files           = {}
      total_bytes     = 1
      uri             = "s3://mock/mock/"
    }
  }

  mock_resource "mlops_budget" {
    defaults = {
      arn      = "arn:aws:budgets::123456789012:budget/mock"
      tags_all = {}
    }
  }

  mock_resource "mlops_off_hours_schedule" {
    defaults = {
      arn           = "arn:aws:scheduler:us-east-1:123456789012:schedule/default/mock"
      creation_date = "2025-01-01T00:00:00Z"
    }
  }

  mock_resource "mlops_autoscaling_policy" {
    defaults = {
      alarms            = []
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
      arn                      = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/mock"
      creation_time            = "2025-01-01T00:00:00Z"
      endpoint_status          = "InService"
      failure_reason           = null
      former_config_names      = []
      smoke_tested_config_name = "mock"
      tags_all                 = {}
    }
  }

  mock_resource "mlops_endpoint_autoscaling" {
    defaults = {
      arn               = "arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/mock"
      creation_time     = "2025-01-01T00:00:00Z"
      resource_id       = "endpoint/mock/variant/mock"
      role_arn          = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
      service_namespace = "sagemaker"
      tags_all          = {}
    }
  }

  mock_resource "mlops_endpoint_configuration" {
    defaults = {
      arn           = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/mock"
      creation_time = "2025-01-01T00:00:00Z"
      tags_all      = {}
    }
  }

  mock_resource "mlops_inference_component" {
    defaults = {
      arn                        = "arn:aws:sagemaker:us-east-1:123456789012:inference-component/mock"
      creation_time              = "2025-01-01T00:00:00Z"
      endpoint_arn               = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
      failure_reason             = null
      inference_component_status = "InService"
      tags_all                   = {}
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

  mock_resource "mlops_human_task_ui" {
    defaults = {
      arn                  = "arn:aws:sagemaker:us-east-1:123456789012:human-task-ui/mock"
      creation_time        = "2025-01-01T00:00:00Z"
      human_task_ui_status = "Active"
      tags_all             = {}
    }
  }

  mock_resource "mlops_labeling_job" {
    defaults = {
      arn                 = "arn:aws:sagemaker:us-east-1:123456789012:labeling-job/mock"
      creation_time       = "2025-01-01T00:00:00Z"
      failure_reason      = null
      job_reference_code  = "mock"
      label_counters      = { failed_non_retryable_error = 1, human_labeled = 1, machine_labeled = 1, total_labeled = 1, unlabeled = 1 }
      labeling_job_output = { final_active_learning_model_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", output_dataset_s3_uri = "s3://mock/mock/" }
      labeling_job_status = "Completed"
      tags_all            = {}
    }
  }

  mock_resource "mlops_workforce" {
    defaults = {
      arn            = "arn:aws:sagemaker:us-east-1:123456789012:workforce/mock"
      create_date    = "2025-01-01T00:00:00Z"
      failure_reason = null
      sub_domain     = "https://mock.example.com"
      tags_all       = {}
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

  mock_resource "mlops_data_quality_job_definition" {
    defaults = {
      arn           = "arn:aws:sagemaker:us-east-1:123456789012:data-quality-job-definition/mock"
      creation_time = "2025-01-01T00:00:00Z"
      tags_all      = {}
    }
  }

  mock_resource "mlops_model_bias_job_definition" {
    defaults = {
      arn           = "arn:aws:sagemaker:us-east-1:123456789012:model-bias-job-definition/mock"
      creation_time = "2025-01-01T00:00:00Z"
      tags_all      = {}
    }
  }

  mock_resource "mlops_model_explainability_job_definition" {
    defaults = {
      arn           = "arn:aws:sagemaker:us-east-1:123456789012:model-explainability-job-definition/mock"
      creation_time = "2025-01-01T00:00:00Z"
      tags_all      = {}
    }
  }

  mock_resource "mlops_model_quality_job_definition" {
    defaults = {
      arn           = "arn:aws:sagemaker:us-east-1:123456789012:model-quality-job-definition/mock"
      creation_time = "2025-01-01T00:00:00Z"
      tags_all      = {}
    }
  }

  mock_resource "mlops_monitoring_schedule" {
    defaults = {
      arn                               = "arn:aws:sagemaker:us-east-1:123456789012:monitoring-schedule/mock"
      creation_time                     = "2025-01-01T00:00:00Z"
      endpoint_name                     = "mock"
      failure_reason                    = null
      last_monitoring_execution_summary = { creation_time = "2025-01-01T00:00:00Z", endpoint_name = "mock", failure_reason = null, last_modified_time = "2025-01-01T00:00:00Z", monitoring_execution_status = "mock", monitoring_job_definition_name = "mock", processing_job_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", scheduled_time = "2025-01-01T00:00:00Z" }
      tags_all                          = {}
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

  mock_resource "mlops_anomaly_detector" {
    defaults = {
      adopted             = false
      anomaly_detector_id = "mock"
      metric              = "mock"
    }
  }

  mock_resource "mlops_composite_alarm" {
    defaults = {
      arn      = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:mock"
      tags_all = {}
    }
  }

  mock_resource "mlops_dashboard" {
    defaults = {
      arn      = "arn:aws:cloudwatch::123456789012:dashboard/mock"
      tags_all = {}
    }
  }

  mock_resource "mlops_log_group" {
    defaults = {
      adopted       = false
      arn           = "arn:aws:logs:us-east-1:123456789012:log-group:mock"
      creation_time = "2025-01-01T00:00:00Z"
      tags_all      = {}
    }
  }

  mock_resource "mlops_metric_alarm" {
    defaults = {
      arn      = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:mock"
      tags_all = {}
    }
  }

  mock_resource "mlops_notification_topic" {
    defaults = {
      arn                   = "arn:aws:sns:us-east-1:123456789012:mock"
      pending_subscriptions = []
      tags_all              = {}
    }
  }

  mock_resource "mlops_pipeline" {
    defaults = {
      arn                 = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/mock"
      creation_time       = "2025-01-01T00:00:00Z"
      definition_sha256   = "0000000000000000000000000000000000000000000000000000000000000000"
      pipeline_version_id = 1
      tags_all            = {}
    }
  }

  mock_resource "mlops_pipeline_execution" {
    defaults = {
      arn                       = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/mock"
      creation_time             = "2025-01-01T00:00:00Z"
      failure_reason            = null
      pipeline_arn              = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
      pipeline_execution_status = "Succeeded"
      steps                     = { register = { arn = null, attempt_count = 1, cache_hit = false, end_time = null, failure_reason = null, outcome = null, outputs = {}, source_pipeline_execution_arn = null, start_time = "2025-01-01T00:00:00Z", status = "mock" } }
    }
  }

  mock_resource "mlops_pipeline_schedule" {
    defaults = {
      arn           = "arn:aws:scheduler:us-east-1:123456789012:schedule/mock"
      creation_date = "2025-01-01T00:00:00Z"
    }
  }

  mock_resource "mlops_pipeline_trigger" {
    defaults = {
      arn       = "arn:aws:events:us-east-1:123456789012:rule/mock"
      tags_all  = {}
      target_id = "mock"
    }
  }

  mock_resource "mlops_processing_job" {
    defaults = {
      arn                   = "arn:aws:sagemaker:us-east-1:123456789012:processing-job/mock"
      creation_time         = "2025-01-01T00:00:00Z"
      exit_message          = null
      failure_reason        = null
      output_uris           = { baseline = "s3://mock/baseline/", report = "s3://mock/report/", test = "s3://mock/test/", train = "s3://mock/train/", validation = "s3://mock/validation/" }
      processing_end_time   = "2025-01-01T00:00:00Z"
      processing_job_status = "Completed"
      processing_start_time = "2025-01-01T00:00:00Z"
      tags_all              = {}
    }
  }

  mock_resource "mlops_studio_domain" {
    defaults = {
      arn                                            = "arn:aws:sagemaker:us-east-1:123456789012:domain/mock"
      creation_time                                  = "2025-01-01T00:00:00Z"
      domain_id                                      = "mock"
      failure_reason                                 = null
      home_efs_file_system_id                        = "mock"
      security_group_id_for_domain_boundary          = "mock"
      single_sign_on_application_arn                 = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
      single_sign_on_managed_application_instance_id = "mock"
      status                                         = "InService"
      tags_all                                       = {}
      url                                            = "https://mock.example.com"
    }
  }

  mock_resource "mlops_studio_user_profile" {
    defaults = {
      arn                      = "arn:aws:sagemaker:us-east-1:123456789012:user-profile/mock"
      creation_time            = "2025-01-01T00:00:00Z"
      failure_reason           = null
      home_efs_file_system_uid = "mock"
      status                   = "InService"
      tags_all                 = {}
    }
  }

  mock_resource "mlops_auto_ml_job" {
    defaults = {
      arn                          = "arn:aws:sagemaker:us-east-1:123456789012:automl-job/mock"
      auto_ml_job_artifacts        = { candidate_definition_notebook_location = "s3://mock/mock/", data_exploration_notebook_location = "s3://mock/mock/" }
      auto_ml_job_secondary_status = "mock"
      auto_ml_job_status           = "Completed"
      best_candidate               = { candidate_name = "mock", candidate_properties = { candidate_artifact_locations = { backtest_results = "mock", explainability = "mock", model_insights = "mock" }, candidate_metrics = [] }, candidate_status = "mock", candidate_steps = [], creation_time = "2025-01-01T00:00:00Z", end_time = "2025-01-01T00:00:00Z", failure_reason = null, final_auto_ml_job_objective_metric = { metric_name = "mock", objective_type = "mock", standard_metric_name = "mock", value = 1 }, inference_containers = [], objective_status = "mock" }
      creation_time                = "2025-01-01T00:00:00Z"
      end_time                     = "2025-01-01T00:00:00Z"
      failure_reason               = null
      model_deploy_result          = { endpoint_name = "mock" }
      resolved_attributes          = { base_model_name = "mock", metric_name = "mock", problem_type = "mock" }
      tags_all                     = {}
    }
  }

  mock_resource "mlops_hyper_parameter_tuning_job" {
    defaults = {
      arn                               = "arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/mock"
      best_training_job                 = { final_hyper_parameter_tuning_job_objective_metric = { metric_name = "mock", type = "mock", value = 1 }, model_artifacts = { s3_model_artifacts = "s3://mock/mock/" }, training_job_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", training_job_definition_name = "mock", training_job_name = "mock", tuned_hyper_parameters = {}, tuning_job_name = "mock" }
      consumed_resources                = { runtime_in_seconds = 1 }
      creation_time                     = "2025-01-01T00:00:00Z"
      failure_reason                    = null
      hyper_parameter_tuning_end_time   = "2025-01-01T00:00:00Z"
      hyper_parameter_tuning_job_status = "Completed"
      objective_status_counters         = { failed = 1, pending = 1, succeeded = 1 }
      overall_best_training_job         = { final_hyper_parameter_tuning_job_objective_metric = { metric_name = "mock", type = "mock", value = 1 }, model_artifacts = { s3_model_artifacts = "s3://mock/mock/" }, training_job_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", training_job_definition_name = "mock", training_job_name = "mock", tuned_hyper_parameters = {}, tuning_job_name = "mock" }
      tags_all                          = {}
      training_job_status_counters      = { completed = 1, in_progress = 1, non_retryable_error = 1, retryable_error = 1, stopped = 1 }
      tuning_job_completion_details     = { convergence_detected_time = "2025-01-01T00:00:00Z", number_of_training_jobs_objective_not_improving = 1 }
    }
  }

  mock_resource "mlops_training_job" {
    defaults = {
      arn                      = "arn:aws:sagemaker:us-east-1:123456789012:training-job/mock"
      billable_time_in_seconds = 1
      creation_time            = "2025-01-01T00:00:00Z"
      failure_reason           = null
      final_metrics            = { accuracy = 1, auc = 1 }
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

  mock_data "mlops_cost_estimate" {
    defaults = {
      currency       = "mock"
      effective_date = "2025-01-01T00:00:00Z"
      hourly_cost    = 1
      monthly_cost   = 1
    }
  }

  mock_data "mlops_deployer_policy" {
    defaults = {
      json     = "{}"
      policies = []
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
      production_variants          = []
      shadow_production_variants   = []
    }
  }

  mock_data "mlops_inference" {
    defaults = {
      body_sha256                = "0000000000000000000000000000000000000000000000000000000000000000"
      body_size_in_bytes         = 1
      closed_session_id          = "mock"
      invoked_production_variant = "mock"
      new_session_id             = "mock"
      response                   = null
      response_base64            = "mock"
      response_content_type      = "mock"
      response_custom_attributes = "mock"
    }
  }

  mock_data "mlops_model_packages" {
    defaults = {
      model_packages = []
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
      size          = 1
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
      value      = 1
    }
  }

  mock_data "mlops_model_package" {
    defaults = {
      additional_inference_specifications = []
      approval_description                = "mock"
      certify_for_marketplace             = false
      creation_time                       = "2025-01-01T00:00:00Z"
      customer_metadata_properties        = {}
      domain                              = "mock"
      drift_check_baselines               = { bias = { config_file = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, post_training_constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, pre_training_constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, explainability = { config_file = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, model_data_quality = { constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, statistics = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, model_quality = { constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, statistics = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } } }
      inference_specification             = { containers = [], supported_content_types = [], supported_realtime_inference_instance_types = [], supported_response_mime_types = [], supported_transform_instance_types = [] }
      managed_storage_type                = "mock"
      metadata_properties                 = { commit_id = "mock", generated_by = "mock", project_id = "mock", repository = "mock" }
      model_card                          = { model_card_content = "mock", model_card_status = "mock" }
      model_life_cycle                    = { stage = "mock", stage_description = "mock", stage_status = "mock" }
      model_metrics                       = { bias = { post_training_report = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, pre_training_report = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, report = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, explainability = { report = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, model_data_quality = { constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, statistics = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } }, model_quality = { constraints = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" }, statistics = { content_digest = "0000000000000000000000000000000000000000000000000000000000000000", content_type = "mock", s3_uri = "s3://mock/mock/" } } }
      model_package_description           = "mock"
      model_package_name                  = "mock"
      model_package_registration_type     = "mock"
      model_package_status                = "Completed"
      model_package_version               = 1
      sample_payload_url                  = "s3://mock/mock/"
      security_config                     = { kms_key_id = "mock" }
      skip_model_validation               = "mock"
      source_algorithm_specification      = { source_algorithms = [] }
      source_uri                          = "mock"
      tags                                = {}
      task                                = "mock"
      validation_specification            = { validation_profiles = [], validation_role = "mock" }
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
      processing_inputs        = []
      processing_job_status    = "Completed"
      processing_output_config = { kms_key_id = "mock", outputs = [] }
      processing_resources     = { cluster_config = { instance_count = 1, instance_preferences = [], instance_type = "mock", volume_kms_key_id = "mock", volume_size_in_gb = 1 } }
      processing_start_time    = "2025-01-01T00:00:00Z"
      role_arn                 = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock"
      stopping_condition       = { max_runtime_in_seconds = 1 }
      tags                     = {}
    }
  }

  mock_data "mlops_training_job" {
    defaults = {
      algorithm_specification                   = { algorithm_name = "mock", container_arguments = [], container_entrypoint = [], enable_sagemaker_metrics_time_series = false, metric_definitions = [], training_image = "mock", training_image_config = { training_repository_access_mode = "mock", training_repository_auth_config = { training_repository_credentials_provider_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" } }, training_input_mode = "mock" }
      arn                                       = "arn:aws:sagemaker:us-east-1:123456789012:training-job/mock"
      billable_time_in_seconds                  = 1
      checkpoint_config                         = { local_path = "mock", s3_uri = "s3://mock/mock/" }
      creation_time                             = "2025-01-01T00:00:00Z"
      debug_hook_config                         = { collection_configurations = [], hook_parameters = {}, local_path = "mock", s3_output_path = "s3://mock/mock/" }
      debug_rule_configurations                 = []
      enable_inter_container_traffic_encryption = false
      enable_managed_spot_training              = false
      enable_network_isolation                  = false
      environment                               = {}
      experiment_config                         = { experiment_name = "mock", run_name = "mock", trial_component_display_name = "mock", trial_name = "mock" }
      failure_reason                            = null
      final_metrics                             = { accuracy = 1, auc = 1 }
      hyper_parameters                          = {}
      infra_check_config                        = { enable_infra_check = false }
      input_data_config                         = []
      mlflow_config                             = { mlflow_experiment_name = "mock", mlflow_resource_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", mlflow_run_name = "mock" }
      model_artifacts                           = { s3_model_artifacts = "s3://mock/mock/" }
      model_package_config                      = { model_package_group_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", source_model_package_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock" }
      output_data_config                        = { compression_type = "mock", kms_key_id = "mock", s3_output_path = "s3://mock/mock/" }
      profiler_config                           = { disable_profiler = false, profiling_interval_in_milliseconds = 1, profiling_parameters = {}, s3_output_path = "s3://mock/mock/" }
      profiler_rule_configurations              = []
      remote_debug_config                       = { enable_remote_debug = false }
      resource_config                           = { instance_count = 1, instance_groups = [], instance_placement_config = { enable_multiple_jobs = false, placement_specifications = [] }, instance_preferences = [], instance_type = "mock", keep_alive_period_in_seconds = 1, training_plan_arn = "arn:aws:sagemaker:us-east-1:123456789012:mock/mock", volume_kms_key_id = "mock", volume_size_in_gb = 1 }
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
}
