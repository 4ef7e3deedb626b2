//! What is labeled, by whom, with which page, and where the labels go.

use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

use crate::aws::{arn, s3_uri};
use crate::shapes::VpcConfig;

/// Data to label.
#[derive(Clone, Debug, Model)]
pub struct InputConfig {
    #[tf(required)]
    data_source: LabelingDataSource,
    #[tf(optional)]
    data_attributes: Option<DataAttributes>,
}

/// Location of the data: a manifest, a topic for a streaming job, or both.
#[derive(Clone, Debug, Model)]
#[tf(at_least_one_of("s3_data_source", "sns_data_source"))]
pub struct LabelingDataSource {
    #[tf(optional)]
    s3_data_source: Option<LabelingS3Source>,
    #[tf(optional)]
    sns_data_source: Option<LabelingSnsSource>,
}

/// Objects of a manifest.
#[derive(Clone, Debug, Model)]
pub struct LabelingS3Source {
    /// S3 URI of the manifest: a JSON object on each line, with `source` or `source-ref`.
    #[tf(required, validate(s3_uri::LOCATION))]
    manifest_s3_uri: String,
}

/// Objects that are sent to a topic, for a streaming labeling job, which runs until it is stopped.
#[derive(Clone, Debug, Model)]
pub struct LabelingSnsSource {
    /// ARN of the SNS topic.
    #[tf(required, validate(arn::SNS_TOPIC))]
    sns_topic_arn: String,
}

/// What the data is free of, so that public workers may see it.
#[derive(Clone, Debug, Model)]
pub struct DataAttributes {
    /// `FreeOfPersonallyIdentifiableInformation` and `FreeOfAdultContent`.
    #[tf(optional, validate(Validator::OneOf(&["FreeOfPersonallyIdentifiableInformation", "FreeOfAdultContent"])))]
    content_classifiers: Option<Set<String>>,
}

/// Where the labels are stored.
#[derive(Clone, Debug, Model)]
pub struct OutputConfig {
    /// S3 URI below which the output manifest is stored, at `JOB/manifests/output/output.manifest`.
    #[tf(required, validate(s3_uri::LOCATION))]
    s3_output_path: String,
    /// ID, ARN or alias of the KMS key that encrypts the output.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    kms_key_id: Option<String>,
    /// ARN of the SNS topic that is sent each label of a streaming labeling job.
    #[tf(optional, validate(arn::SNS_TOPIC))]
    sns_topic_arn: Option<String>,
}

/// When the job ends before all objects are labeled.
#[derive(Clone, Debug, Model)]
pub struct StoppingConditions {
    /// Maximum number of objects that people label.
    #[tf(optional, validate(Validator::Range { min: 1, max: i64::MAX }))]
    max_human_labeled_object_count: Option<i64>,
    /// Maximum percentage of the objects that are labeled.
    #[tf(optional, validate(Validator::Range { min: 1, max: 100 }))]
    max_percentage_of_input_dataset_labeled: Option<i64>,
}

/// Automated labeling: a model labels what it is sure of.
#[derive(Clone, Debug, Model)]
pub struct AlgorithmsConfig {
    /// ARN of the algorithm, of AWS's account in the region.
    #[tf(required, validate(arn::LABELING_ALGORITHM))]
    labeling_job_algorithm_specification_arn: String,
    /// ARN of the model to begin with: the final one of an earlier job.
    #[tf(optional, validate(arn::MODEL))]
    initial_active_learning_model_arn: Option<String>,
    #[tf(optional, computed, use_state_for_unknown)]
    labeling_job_resource_config: Option<LabelingResourceConfig>,
}

/// Instances of automated labeling.
#[derive(Clone, Debug, Model)]
pub struct LabelingResourceConfig {
    /// ID, ARN or alias of the KMS key that encrypts the storage volumes.
    #[tf(optional, validate(arn::KMS_KEY_ID))]
    volume_kms_key_id: Option<String>,
    #[tf(optional)]
    vpc_config: Option<VpcConfig>,
}

/// Task of the workers.
#[derive(Clone, Debug, Model)]
pub struct HumanTaskConfig {
    /// ARN of the work team.
    #[tf(required, validate(arn::WORKTEAM))]
    workteam_arn: String,
    #[tf(required)]
    ui_config: UiConfig,
    /// ARN of the Lambda function that prepares each object. Each built-in task type has one of AWS's.
    #[tf(optional, validate(arn::LAMBDA_FUNCTION))]
    pre_human_task_lambda_arn: Option<String>,
    #[tf(optional)]
    annotation_consolidation_config: Option<AnnotationConsolidationConfig>,
    /// Keywords by which workers of Amazon Mechanical Turk find the task.
    #[tf(optional, validate(Validator::Count { min: 1, max: 5 }, Validator::Length { min: 1, max: 30 }))]
    task_keywords: Option<Vec<String>>,
    /// Title of the task.
    #[tf(required, validate(Validator::Length { min: 1, max: 128 }))]
    task_title: String,
    /// Description of the task.
    #[tf(required, validate(Validator::Length { min: 1, max: 255 }))]
    task_description: String,
    /// Number of workers that label each object.
    #[tf(required, validate(Validator::Range { min: 1, max: 9 }))]
    number_of_human_workers_per_data_object: i64,
    /// Time in seconds that a worker has for a task.
    #[tf(required, validate(Validator::Range { min: 30, max: i64::MAX }))]
    task_time_limit_in_seconds: i64,
    /// Time in seconds that a task stays available to workers. AWS takes 30 days unless set, and 6 hours for Amazon Mechanical
    /// Turk.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Range { min: 60, max: i64::MAX }))]
    task_availability_lifetime_in_seconds: Option<i64>,
    /// Maximum number of objects that are labeled at the same time. AWS takes 1000 unless set.
    #[tf(optional, computed, use_state_for_unknown, validate(Validator::Range { min: 1, max: 5000 }))]
    max_concurrent_task_count: Option<i64>,
    #[tf(optional)]
    public_workforce_task_price: Option<TaskPrice>,
}

/// Page of the workers.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("ui_template_s3_uri", "human_task_ui_arn"))]
pub struct UiConfig {
    /// S3 URI of the worker task template.
    #[tf(optional, validate(s3_uri::LOCATION))]
    ui_template_s3_uri: Option<String>,
    /// ARN of the human task UI: one of AWS's for named entity recognition, 3D point cloud and video frame jobs.
    #[tf(optional, validate(arn::HUMAN_TASK_UI))]
    human_task_ui_arn: Option<String>,
}

/// How the labels of several workers become one.
#[derive(Clone, Debug, Model)]
pub struct AnnotationConsolidationConfig {
    /// ARN of the Lambda function. Each built-in task type has one of AWS's.
    #[tf(required, validate(arn::LAMBDA_FUNCTION))]
    annotation_consolidation_lambda_arn: String,
}

/// Price of a task for Amazon Mechanical Turk.
#[derive(Clone, Debug, Model)]
pub struct TaskPrice {
    #[tf(optional)]
    amount_in_usd: Option<Usd>,
}

/// Amount in US dollars.
#[derive(Clone, Debug, Model)]
pub struct Usd {
    /// Whole dollars.
    #[tf(optional, validate(Validator::Range { min: 0, max: 2 }))]
    dollars: Option<i64>,
    /// Cents.
    #[tf(optional, validate(Validator::Range { min: 0, max: 99 }))]
    cents: Option<i64>,
    /// Tenths of a cent.
    #[tf(optional, validate(Validator::Range { min: 0, max: 9 }))]
    tenth_fractions_of_a_cent: Option<i64>,
}

/// Number of objects by how they were labeled.
#[derive(Clone, Debug, Model)]
pub struct LabelCounters {
    /// Objects that were labeled.
    #[tf(computed, use_state_for_unknown)]
    total_labeled: Option<i64>,
    /// Objects that people labeled.
    #[tf(computed, use_state_for_unknown)]
    human_labeled: Option<i64>,
    /// Objects that were labeled automatically.
    #[tf(computed, use_state_for_unknown)]
    machine_labeled: Option<i64>,
    /// Objects that could not be labeled.
    #[tf(computed, use_state_for_unknown)]
    failed_non_retryable_error: Option<i64>,
    /// Objects that are not labeled.
    #[tf(computed, use_state_for_unknown)]
    unlabeled: Option<i64>,
}

/// What the job stored.
#[derive(Clone, Debug, Model)]
pub struct LabelingOutput {
    /// S3 URI of the output manifest: the input manifest with labels.
    #[tf(computed, use_state_for_unknown)]
    output_dataset_s3_uri: Option<String>,
    /// ARN of the final model of automated labeling.
    #[tf(computed, use_state_for_unknown)]
    final_active_learning_model_arn: Option<String>,
}
