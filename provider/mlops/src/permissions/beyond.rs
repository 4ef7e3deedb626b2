//! What the declarations do not say: the permissions of coded resources and data sources, of scripts and logs, and those that
//! AWS asks of whoever calls an operation beside the operation's own.
//!
//! Sources: Service Authorization Reference, "Actions, resources, and condition keys" of each service (the actions of the
//! operations of S3, which have other names); Application Auto Scaling user guide, "Identity-based policy examples".

use super::Access::{self, Apply, Destroy, Plan};

/// Permissions of some types: for what, which actions, on what. In resources `{prefix}` stands for the beginning of a name.
pub(super) type Beyond = (&'static [&'static str], Access, &'static [&'static str], &'static [&'static str]);

/// Stands for every type with `source_code`.
pub(super) const SCRIPTS: &str = "source_code";

const BUCKETS: &[&str] = &["arn:{partition}:s3:::{prefix}*"];
const OBJECTS: &[&str] = &["arn:{partition}:s3:::{prefix}*/*"];
const ALARMS: &[&str] = &["arn:{partition}:cloudwatch:{region}:{account}:alarm:{prefix}*"];
/// Roles may have a path.
pub(super) const ROLES: &[&str] =
    &["arn:{partition}:iam::{account}:role/{prefix}*", "arn:{partition}:iam::{account}:role/*/{prefix}*"];
const ENDPOINTS: &[&str] = &["arn:{partition}:sagemaker:{region}:{account}:endpoint/{prefix}*"];
/// The log groups that SageMaker makes by itself.
const LOGS_OF_SAGEMAKER: &str = "arn:{partition}:logs:{region}:{account}:log-group:/aws/sagemaker/*";
const APPS: &str = "arn:{partition}:sagemaker:{region}:{account}:app/*";
const SPACES: &str = "arn:{partition}:sagemaker:{region}:{account}:space/*";
const ANY: &[&str] = &["*"];
/// The types whose objects, or what uses them, SageMaker makes network interfaces for in a VPC of the user's.
pub(super) const IN_VPC: &[&str] = &[
    "auto_ml_job",
    "data_quality_job_definition",
    "endpoint",
    "endpoint_configuration",
    "hyper_parameter_tuning_job",
    "labeling_job",
    "model",
    "model_bias_job_definition",
    "model_explainability_job_definition",
    "model_quality_job_definition",
    "monitoring_schedule",
    "notebook_instance",
    "processing_job",
    "studio_domain",
    "training_job",
];

/// The table.
pub(super) const BEYOND: &[Beyond] = &[
    (
        &["bucket_layout"],
        Plan,
        &[
            "s3:GetBucketCORS",
            "s3:GetBucketLogging",
            "s3:GetBucketNotification",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPolicy",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetBucketTagging",
            "s3:GetBucketVersioning",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:ListBucket",
        ],
        BUCKETS,
    ),
    (
        &["bucket_layout"],
        Apply,
        &[
            "s3:CreateBucket",
            "s3:DeleteBucketPolicy",
            "s3:PutBucketCORS",
            "s3:PutBucketLogging",
            "s3:PutBucketNotification",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketTagging",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
        ],
        BUCKETS,
    ),
    (&["bucket_layout"], Destroy, &["s3:DeleteBucket"], BUCKETS),
    (&["bucket_layout", "dataset", "hyper_parameter_tuning_job", SCRIPTS], Plan, &["s3:ListBucket"], BUCKETS),
    (
        &["bucket_layout", "dataset", "hyper_parameter_tuning_job", SCRIPTS],
        Destroy,
        &["s3:ListBucketMultipartUploads", "s3:ListBucketVersions"],
        BUCKETS,
    ),
    (
        &["bucket_layout", "dataset", "hyper_parameter_tuning_job", SCRIPTS],
        Destroy,
        &["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion"],
        OBJECTS,
    ),
    (&["dataset", "s3_object", "pipeline", SCRIPTS], Plan, &["s3:GetObject"], OBJECTS),
    (&["dataset"], Plan, &["s3:GetObjectTagging"], OBJECTS),
    (&["dataset", SCRIPTS], Apply, &["s3:PutObject", "s3:PutObjectTagging", "s3:ListMultipartUploadParts"], OBJECTS),
    (&["dataset"], Apply, &["s3:DeleteObjectTagging"], OBJECTS),
    (
        &["execution_role"],
        Plan,
        &["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
        ROLES,
    ),
    (
        &["execution_role"],
        Apply,
        &[
            "iam:AttachRolePolicy",
            "iam:CreateRole",
            "iam:DeleteRolePermissionsBoundary",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
        ],
        ROLES,
    ),
    (
        &["execution_role"],
        Destroy,
        &["iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:ListInstanceProfilesForRole"],
        ROLES,
    ),
    (&["endpoint_alarms"], Plan, &["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"], ANY),
    (
        &["endpoint_alarms"],
        Apply,
        &["cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"],
        ALARMS,
    ),
    (&["endpoint_alarms"], Destroy, &["cloudwatch:DeleteAlarms"], ALARMS),
    // Application Auto Scaling makes alarms and changes endpoints with the permissions of its caller.
    (
        &["autoscaling_policy", "autoscaling_target", "endpoint_autoscaling"],
        Apply,
        &["sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities"],
        ENDPOINTS,
    ),
    (
        &["autoscaling_policy", "endpoint_autoscaling"],
        Apply,
        &["cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"],
        &["arn:{partition}:cloudwatch:{region}:{account}:alarm:TargetTracking-endpoint/{prefix}*"],
    ),
    (
        &["autoscaling_policy", "endpoint_autoscaling"],
        Destroy,
        &["cloudwatch:DeleteAlarms"],
        &["arn:{partition}:cloudwatch:{region}:{account}:alarm:TargetTracking-endpoint/{prefix}*"],
    ),
    // The smoke test of an endpoint, and the data source.
    (&["endpoint", "inference"], Plan, &["sagemaker:InvokeEndpoint"], ENDPOINTS),
    // AWS deregisters the variants of an endpoint that is deleted; and whether an endpoint is off, its schedule says.
    (
        &["endpoint"],
        Destroy,
        &["application-autoscaling:DeregisterScalableTarget", "application-autoscaling:DescribeScalableTargets"],
        ANY,
    ),
    (&["endpoint"], Plan, &["scheduler:GetSchedule"], ANY),
    // Who still uses what is deleted.
    (&["model", "endpoint_configuration"], Destroy, &["sagemaker:ListEndpoints"], ANY),
    (&["model_packages", "model_package"], Plan, &["sagemaker:ListModelPackages"], ANY),
    // Subscriptions are read and changed one by one, and so are settings of log groups.
    (&["notification_topic"], Plan, &["sns:GetSubscriptionAttributes", "sns:ListSubscriptionsByTopic"], ANY),
    (&["notification_topic"], Apply, &["sns:SetSubscriptionAttributes"], ANY),
    (&["notification_topic"], Destroy, &["sns:Unsubscribe"], ANY),
    (
        &["log_group"],
        Apply,
        &["logs:DeleteRetentionPolicy", "logs:DisassociateKmsKey"],
        &["arn:{partition}:logs:{region}:{account}:log-group:{prefix}*", LOGS_OF_SAGEMAKER],
    ),
    (&["log_group"], Destroy, &["logs:DeleteLogGroup"], &[LOGS_OF_SAGEMAKER]),
    // A rule and its targets are read, and deleted, one after the other.
    (
        &["pipeline_trigger"],
        Plan,
        &["events:ListTargetsByRule"],
        &["arn:{partition}:events:{region}:{account}:rule/{prefix}*"],
    ),
    (
        &["pipeline_trigger"],
        Destroy,
        &["events:RemoveTargets"],
        &["arn:{partition}:events:{region}:{account}:rule/{prefix}*"],
    ),
    (
        &["presigned_notebook_instance_url"],
        Plan,
        &["sagemaker:CreatePresignedNotebookInstanceUrl"],
        &["arn:{partition}:sagemaker:{region}:{account}:notebook-instance/{prefix}*"],
    ),
    (
        &["presigned_domain_url"],
        Plan,
        &["sagemaker:CreatePresignedDomainUrl"],
        &["arn:{partition}:sagemaker:{region}:{account}:user-profile/*/{lower_prefix}*"],
    ),
    // A URL has the permissions of whoever makes it.
    (&["presigned_s3_url"], Plan, &["s3:GetObject"], OBJECTS),
    (&["presigned_s3_url"], Apply, &["s3:PutObject"], OBJECTS),
    // What a domain and a user profile hold and a destroy deletes.
    (
        &["studio_domain"],
        Destroy,
        &["sagemaker:DeleteApp", "sagemaker:DeleteSpace", "sagemaker:DeleteUserProfile"],
        &[APPS, SPACES, "arn:{partition}:sagemaker:{region}:{account}:user-profile/*"],
    ),
    (&["studio_user_profile"], Destroy, &["sagemaker:DeleteApp", "sagemaker:DeleteSpace"], &[APPS, SPACES]),
    // A warm pool is ended by an update.
    (
        &["training_job"],
        Destroy,
        &["sagemaker:UpdateTrainingJob"],
        &["arn:{partition}:sagemaker:{region}:{account}:training-job/{prefix}*"],
    ),
    // The network interfaces of what is in a VPC are waited for.
    (IN_VPC, Destroy, &["ec2:DescribeNetworkInterfaces"], ANY),
    (&["cost_estimate"], Plan, &["pricing:GetProducts"], ANY),
    (
        &["service_quota"],
        Plan,
        &[
            "sagemaker:ListEndpoints",
            "sagemaker:ListNotebookInstances",
            "sagemaker:ListProcessingJobs",
            "sagemaker:ListTrainingJobs",
            "sagemaker:ListTransformJobs",
            "servicequotas:GetServiceQuota",
            "servicequotas:ListAWSDefaultServiceQuotas",
            "servicequotas:ListServiceQuotas",
        ],
        ANY,
    ),
];
