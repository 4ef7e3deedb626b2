resource "mlops_bucket_layout" "complaints" {
  name          = "complaints-labeling-storage"
  layout        = { labeling = {}, labels = {} }
  force_destroy = true # The job stores the labels here.
}

resource "mlops_execution_role" "complaints" {
  name = "complaints-labeling"
  access = {
    read  = [mlops_bucket_layout.complaints.uris["labeling"]]
    write = [mlops_bucket_layout.complaints.uris["labels"]]
  }
}

# The manifest, the categories and the page of the workers.
resource "mlops_dataset" "complaints" {
  bucket = mlops_bucket_layout.complaints.name
  prefix = "labeling"
  source = "${path.module}/labeling"
}

resource "mlops_workteam" "readers" {
  name        = "complaint-readers"
  description = "Reads complaints"

  member_definitions = [{
    cognito_member_definition = {
      user_pool  = "us-east-1_AbCdEfGhI"
      user_group = "readers"
      client_id  = "1h57kf5cpq17m0eml12EXAMPLE"
    }
  }]
}

# Runs once. AWS keeps the record of each job and never accepts its name again, hence the prefix.
resource "mlops_labeling_job" "complaints" {
  name_prefix                  = "complaints-"
  role_arn                     = mlops_execution_role.complaints.arn
  label_attribute_name         = "topic"
  label_category_config_s3_uri = "${mlops_dataset.complaints.uri}categories.json"

  input_config  = { data_source = { s3_data_source = { manifest_s3_uri = "${mlops_dataset.complaints.uri}complaints.manifest" } } }
  output_config = { s3_output_path = mlops_bucket_layout.complaints.uris["labels"] }

  # The Lambda functions of the task type are AWS's; each Region has its own.
  human_task_config = {
    workteam_arn                            = mlops_workteam.readers.arn
    ui_config                               = { ui_template_s3_uri = "${mlops_dataset.complaints.uri}page.liquid.html" }
    pre_human_task_lambda_arn               = "arn:aws:lambda:us-east-1:432418664414:function:PRE-TextMultiClass"
    annotation_consolidation_config         = { annotation_consolidation_lambda_arn = "arn:aws:lambda:us-east-1:432418664414:function:ACS-TextMultiClass" }
    task_title                              = "Topic of a complaint"
    task_description                        = "Choose what a complaint is about"
    number_of_human_workers_per_data_object = 1
    task_time_limit_in_seconds              = 300
  }

  # Other complaints are labeled by a new job.
  triggers = { complaints = mlops_dataset.complaints.content_sha256 }
}

output "labeled" {
  value = mlops_labeling_job.complaints.label_counters.total_labeled
}

output "labels" {
  value = mlops_labeling_job.complaints.labeling_job_output.output_dataset_s3_uri
}
