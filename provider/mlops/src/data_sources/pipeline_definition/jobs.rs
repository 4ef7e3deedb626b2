//! Arguments of steps whose jobs are no resources of this provider: AutoML jobs of the first version, and those of EMR.
//!
//! Source of the members: AWS's service models (CreateAutoMLJob; RunJobFlow of EMR, without what the SageMaker Python SDK refuses
//! in a step; StartJobRun of EMR Serverless).

use std::collections::BTreeMap;

use tfplug::model::Model;
use tfplug::validator::Validator;

use crate::shapes::network::VpcConfig;

/// Runs an AutoML job, by the first version of its API; pipelines take the mode `ENSEMBLING` only.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStep {
    /// The data to train with, and to validate with.
    #[tf(required)]
    input_data_config: Vec<AutoMlStepChannel>,
    #[tf(required)]
    output_data_config: AutoMlStepOutput,
    /// ARN of the IAM role that SageMaker assumes to run the job.
    #[tf(required)]
    role_arn: String,
    #[tf(optional)]
    auto_ml_job_config: Option<AutoMlStepConfig>,
    #[tf(optional)]
    auto_ml_job_objective: Option<AutoMlStepObjective>,
    /// Kind of the problem: `BinaryClassification`, `MulticlassClassification` or `Regression`. Requires `auto_ml_job_objective`.
    #[tf(optional, validate(Validator::OneOf(&["BinaryClassification", "MulticlassClassification", "Regression"])))]
    problem_type: Option<String>,
    /// Tags of the job.
    #[tf(optional, tags)]
    tags: Option<BTreeMap<String, String>>,
}

/// Input data of an AutoML job.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStepChannel {
    #[tf(optional)]
    data_source: Option<AutoMlStepSource>,
    /// Column that is predicted.
    #[tf(required)]
    target_attribute_name: String,
    /// `None` or `Gzip`.
    #[tf(optional, validate(Validator::OneOf(&["None", "Gzip"])))]
    compression_type: Option<String>,
    /// Media type: `text/csv;header=present` or `x-application/vnd.amazon+parquet`.
    #[tf(optional)]
    content_type: Option<String>,
    /// `training` or `validation`.
    #[tf(optional, validate(Validator::OneOf(&["training", "validation"])))]
    channel_type: Option<String>,
    /// Column with the weights of the rows.
    #[tf(optional)]
    sample_weight_attribute_name: Option<String>,
}

/// Where the data are.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStepSource {
    #[tf(required)]
    s3_data_source: AutoMlStepS3Source,
}

/// Data in S3.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStepS3Source {
    /// `S3Prefix`, `ManifestFile` or `AugmentedManifestFile`.
    #[tf(required, validate(Validator::OneOf(&["S3Prefix", "ManifestFile", "AugmentedManifestFile"])))]
    s3_data_type: String,
    /// S3 URI.
    #[tf(required)]
    s3_uri: String,
}

/// Output of an AutoML job.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStepOutput {
    /// S3 URI below which the output is stored.
    #[tf(required)]
    s3_output_path: String,
    /// KMS key that encrypts the output.
    #[tf(optional)]
    kms_key_id: Option<String>,
}

/// Settings of an AutoML job.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStepConfig {
    /// Mode. Pipelines take `ENSEMBLING` only.
    #[tf(optional, validate(Validator::OneOf(&["ENSEMBLING"])))]
    mode: Option<String>,
    #[tf(optional)]
    completion_criteria: Option<AutoMlStepCompletion>,
    #[tf(optional)]
    candidate_generation_config: Option<AutoMlStepCandidates>,
    #[tf(optional)]
    data_split_config: Option<AutoMlStepSplit>,
    #[tf(optional)]
    security_config: Option<AutoMlStepSecurity>,
}

/// Limits of an AutoML job.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStepCompletion {
    /// Number of candidates.
    #[tf(optional)]
    max_candidates: Option<i64>,
    /// Seconds for each training job.
    #[tf(optional)]
    max_runtime_per_training_job_in_seconds: Option<i64>,
    /// Seconds for the whole job.
    #[tf(optional)]
    max_auto_ml_job_runtime_in_seconds: Option<i64>,
}

/// How candidates are generated.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStepCandidates {
    /// S3 URI of a JSON file that selects the columns.
    #[tf(optional)]
    feature_specification_s3_uri: Option<String>,
    /// Algorithms to train candidates with.
    #[tf(optional)]
    algorithms_config: Option<Vec<AutoMlStepAlgorithms>>,
}

/// Algorithms.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStepAlgorithms {
    /// Names, such as `xgboost` and `catboost`.
    #[tf(required)]
    auto_ml_algorithms: Vec<String>,
}

/// How the data are split.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStepSplit {
    /// Part of the data that is for validation, below 1.
    #[tf(optional)]
    validation_fraction: Option<f64>,
}

/// Encryption and network of an AutoML job.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStepSecurity {
    /// KMS key that encrypts the storage volumes.
    #[tf(optional)]
    volume_kms_key_id: Option<String>,
    /// Whether traffic between the containers is encrypted.
    #[tf(optional)]
    enable_inter_container_traffic_encryption: Option<bool>,
    #[tf(optional)]
    vpc_config: Option<VpcConfig>,
}

/// What an AutoML job optimizes.
#[derive(Clone, Debug, Model)]
pub(super) struct AutoMlStepObjective {
    /// Metric, such as `F1` or `MSE`.
    #[tf(required)]
    metric_name: String,
}

/// An Amazon EMR cluster that exists for the step: SageMaker terminates it after the step. It gets a name of SageMaker's.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrClusterConfig {
    /// Release, such as `emr-7.5.0`.
    #[tf(required)]
    release_label: String,
    #[tf(required)]
    instances: EmrInstances,
    /// Applications to install.
    #[tf(optional)]
    applications: Option<Vec<EmrApplication>>,
    /// Settings of the applications.
    #[tf(optional)]
    configurations: Option<Vec<EmrConfiguration>>,
    /// Scripts that run on each instance before the applications are installed.
    #[tf(optional)]
    bootstrap_actions: Option<Vec<EmrBootstrapAction>>,
    /// IAM role of the EMR service.
    #[tf(optional)]
    service_role: Option<String>,
    /// IAM instance profile of the instances.
    #[tf(optional)]
    job_flow_role: Option<String>,
    /// IAM role of automatic scaling.
    #[tf(optional)]
    auto_scaling_role: Option<String>,
    /// S3 URI below which logs are stored.
    #[tf(optional)]
    log_uri: Option<String>,
    /// KMS key that encrypts the logs.
    #[tf(optional)]
    log_encryption_kms_key_id: Option<String>,
    /// Name of a security configuration of EMR.
    #[tf(optional)]
    security_configuration: Option<String>,
    /// `TERMINATE_AT_INSTANCE_HOUR` or `TERMINATE_AT_TASK_COMPLETION`.
    #[tf(optional)]
    scale_down_behavior: Option<String>,
    /// ID of an Amazon Machine Image of one's own.
    #[tf(optional)]
    custom_ami_id: Option<String>,
    /// Size of the root volume of each instance in GiB.
    #[tf(optional)]
    ebs_root_volume_size: Option<i64>,
    /// Number of steps that run at the same time.
    #[tf(optional)]
    step_concurrency_level: Option<i64>,
    /// Whether all users of the account see the cluster.
    #[tf(optional)]
    visible_to_all_users: Option<bool>,
    /// Tags of the cluster.
    #[tf(optional)]
    tags: Option<Vec<super::attributes::EmrProperty>>,
}

/// Instances of a cluster: groups of one type each, or fleets.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("instance_groups", "instance_fleets"))]
pub(super) struct EmrInstances {
    /// Instance groups: one of the role `MASTER`, and others.
    #[tf(optional)]
    instance_groups: Option<Vec<EmrInstanceGroup>>,
    /// Instance fleets: one of the type `MASTER`, and others.
    #[tf(optional)]
    instance_fleets: Option<Vec<EmrInstanceFleet>>,
    /// EC2 key pair for SSH.
    #[tf(optional)]
    ec2_key_name: Option<String>,
    /// Subnet of instance groups.
    #[tf(optional)]
    ec2_subnet_id: Option<String>,
    /// Subnets that EMR chooses from for instance fleets.
    #[tf(optional)]
    ec2_subnet_ids: Option<Vec<String>>,
    /// Security group that EMR manages for the primary node.
    #[tf(optional)]
    emr_managed_master_security_group: Option<String>,
    /// Security group that EMR manages for the other nodes.
    #[tf(optional)]
    emr_managed_slave_security_group: Option<String>,
    /// Security group of the EMR service in private subnets.
    #[tf(optional)]
    service_access_security_group: Option<String>,
    /// Further security groups of the primary node.
    #[tf(optional)]
    additional_master_security_groups: Option<Vec<String>>,
    /// Further security groups of the other nodes.
    #[tf(optional)]
    additional_slave_security_groups: Option<Vec<String>>,
}

/// Instances of one type.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrInstanceGroup {
    /// `MASTER`, `CORE` or `TASK`.
    #[tf(required, validate(Validator::OneOf(&["MASTER", "CORE", "TASK"])))]
    instance_role: String,
    /// EC2 instance type, such as `m5.xlarge`.
    #[tf(required)]
    instance_type: String,
    /// Number of instances.
    #[tf(required)]
    instance_count: i64,
    /// Name of the group.
    #[tf(optional)]
    name: Option<String>,
    /// `ON_DEMAND` or `SPOT`.
    #[tf(optional, validate(Validator::OneOf(&["ON_DEMAND", "SPOT"])))]
    market: Option<String>,
    /// Most that an hour of a Spot Instance may cost, in USD.
    #[tf(optional)]
    bid_price: Option<String>,
}

/// Instances of several types.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrInstanceFleet {
    /// `MASTER`, `CORE` or `TASK`.
    #[tf(required, validate(Validator::OneOf(&["MASTER", "CORE", "TASK"])))]
    instance_fleet_type: String,
    /// Name of the fleet.
    #[tf(optional)]
    name: Option<String>,
    /// Capacity of On-Demand Instances.
    #[tf(optional)]
    target_on_demand_capacity: Option<i64>,
    /// Capacity of Spot Instances.
    #[tf(optional)]
    target_spot_capacity: Option<i64>,
    /// The types.
    #[tf(optional)]
    instance_type_configs: Option<Vec<EmrInstanceType>>,
}

/// A type of instance in a fleet.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrInstanceType {
    /// EC2 instance type, such as `m5.xlarge`.
    #[tf(required)]
    instance_type: String,
    /// Capacity that one instance counts for.
    #[tf(optional)]
    weighted_capacity: Option<i64>,
    /// Most that an hour of a Spot Instance may cost, in USD.
    #[tf(optional)]
    bid_price: Option<String>,
}

/// An application of a cluster.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrApplication {
    /// Name, such as `Spark`.
    #[tf(required)]
    name: String,
}

/// Settings of a cluster's applications.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrConfiguration {
    /// What is set, such as `spark-defaults`.
    #[tf(required)]
    classification: String,
    /// The settings.
    #[tf(optional)]
    properties: Option<BTreeMap<String, String>>,
}

/// A script that runs on each instance.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrBootstrapAction {
    /// Name.
    #[tf(required)]
    name: String,
    #[tf(required)]
    script_bootstrap_action: EmrScript,
}

/// A script.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrScript {
    /// S3 URI of the script.
    #[tf(required)]
    path: String,
    /// Its arguments.
    #[tf(optional)]
    args: Option<Vec<String>>,
}

/// Runs a job on an application of Amazon EMR Serverless. For an application that the step makes, use `arguments_json` with
/// `ApplicationConfig`.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrServerlessStep {
    /// ID of the application.
    #[tf(required)]
    application_id: String,
    /// ARN of the IAM role by which SageMaker starts the job.
    #[tf(required)]
    execution_role_arn: String,
    #[tf(required)]
    job_config: EmrServerlessJob,
}

/// A job run.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrServerlessJob {
    /// ARN of the IAM role that the job runs with.
    #[tf(required)]
    execution_role_arn: String,
    #[tf(required)]
    job_driver: EmrServerlessDriver,
    #[tf(optional)]
    configuration_overrides: Option<EmrServerlessOverrides>,
    /// Minutes after which the job is ended.
    #[tf(optional)]
    execution_timeout_minutes: Option<i64>,
    /// Name of the job.
    #[tf(optional)]
    name: Option<String>,
    /// Tags of the job.
    #[tf(optional)]
    tags: Option<BTreeMap<String, String>>,
}

/// What the job runs.
#[derive(Clone, Debug, Model)]
#[tf(exactly_one_of("spark_submit", "hive"))]
pub(super) struct EmrServerlessDriver {
    #[tf(optional)]
    spark_submit: Option<EmrServerlessSpark>,
    #[tf(optional)]
    hive: Option<EmrServerlessHive>,
}

/// A Spark application.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrServerlessSpark {
    /// S3 URI of the script or JAR file.
    #[tf(required)]
    entry_point: String,
    /// Arguments of the application.
    #[tf(optional)]
    entry_point_arguments: Option<Vec<String>>,
    /// Options of `spark-submit`.
    #[tf(optional)]
    spark_submit_parameters: Option<String>,
}

/// A Hive query.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrServerlessHive {
    /// S3 URI of the query.
    #[tf(required)]
    query: String,
    /// S3 URI of a query that runs before.
    #[tf(optional)]
    init_query_file: Option<String>,
    /// Options of Hive.
    #[tf(optional)]
    parameters: Option<String>,
}

/// Settings that replace those of the application.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrServerlessOverrides {
    /// Settings of Spark or Hive.
    #[tf(optional)]
    application_configuration: Option<Vec<EmrConfiguration>>,
    #[tf(optional)]
    monitoring_configuration: Option<EmrServerlessMonitoring>,
}

/// Where the logs go.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrServerlessMonitoring {
    #[tf(optional)]
    s3_monitoring_configuration: Option<EmrServerlessLogs>,
}

/// Logs in S3.
#[derive(Clone, Debug, Model)]
pub(super) struct EmrServerlessLogs {
    /// S3 URI below which the logs are stored.
    #[tf(optional)]
    log_uri: Option<String>,
    /// ARN of the KMS key that encrypts them.
    #[tf(optional)]
    encryption_key_arn: Option<String>,
}
