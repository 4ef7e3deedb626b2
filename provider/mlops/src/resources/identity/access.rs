//! What an execution role may do, in the user's words, and the least-privilege policy that it compiles to.
//!
//! The actions come from the AWS documentation: SageMaker Developer Guide, "How to use SageMaker AI execution roles" (what
//! each kind of job needs), "Encrypt Output Data and Storage Volume with AWS KMS", "Define a pipeline: IAM access
//! management"; Service Authorization Reference for the resource types and conditions that each action takes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use tfplug::model::{Model, Set};
use tfplug::validator::Validator;

use crate::aws::arn::{self, Malformed};
use crate::aws::plan_json;
use crate::aws::s3_uri::{self, S3Uri};
use crate::sagemaker::names;

/// What Pipelines names its jobs unless a step sets a prefix of its own (SageMaker Developer Guide, "Customize access
/// management for Pipelines jobs").
const PIPELINE_JOBS: &str = "pipelines-";

const GROUP_NAME: Validator = Validator::Text {
    expected: "the name of a model package group: 1 to 63 letters, digits and inner hyphens",
    accepts: is_sagemaker_name,
};

const ENDPOINT_NAME: Validator = Validator::Text {
    expected: "the name of an endpoint: 1 to 63 letters, digits and inner hyphens",
    accepts: is_sagemaker_name,
};

const JOB_PREFIX: Validator = Validator::Text {
    expected: "a prefix of job names: 1 to 62 letters, digits and hyphens, with a letter or digit first",
    accepts: |s| s.len() <= 62 && !s.starts_with('-') && is_sagemaker_name(s.trim_end_matches('-')),
};

fn is_sagemaker_name(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Permissions of the role. Each attribute grants the least that SageMaker needs for it.
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub struct Access {
    /// S3 URIs to read: `s3:GetObject` on the objects, `s3:ListBucket` and `s3:GetBucketLocation` on the bucket.
    /// `s3://bucket/prefix/` means every object with that prefix, `s3://bucket/name` the object of that name and every
    /// object with the prefix `name/`, `s3://bucket` the whole bucket. `*` and `?` in a key are wildcards.
    #[tf(optional, validate(s3_uri::URI))]
    pub read: Option<Set<String>>,

    /// S3 URIs to write to: `s3:PutObject` and `s3:AbortMultipartUpload` on the objects, and the same on the bucket as for
    /// `read`. Includes neither reading nor deleting objects.
    #[tf(optional, validate(s3_uri::URI))]
    pub write: Option<Set<String>>,

    /// S3 URIs to delete objects at: `s3:DeleteObject`. Training with checkpoints requires it, because SageMaker
    /// synchronizes the checkpoint directory with S3.
    #[tf(optional, validate(s3_uri::URI))]
    pub delete: Option<Set<String>>,

    /// ARNs of the KMS keys that encrypt buckets, volumes and outputs. Grants on them can be created by AWS services
    /// only (`kms:GrantIsForAWSResource`).
    #[tf(optional, validate(arn::KMS_KEY))]
    pub kms_keys: Option<Set<String>>,

    /// ARNs of the ECR repositories to pull images from. `*` is a wildcard, as in
    /// `arn:aws:ecr:eu-west-1:763104351884:repository/*`.
    #[tf(optional, validate(arn::ECR_REPOSITORY))]
    pub ecr_repositories: Option<Set<String>>,

    /// Whether the role may write logs, to log groups below `/aws/sagemaker/` only.
    #[tf(optional, computed, default = true)]
    pub logs: bool,

    /// Whether the role may publish metrics, to the namespaces of SageMaker only.
    #[tf(optional, computed, default = true)]
    pub metrics: bool,

    /// Further CloudWatch namespaces to publish metrics to. `*` is a wildcard.
    #[tf(optional, validate(Validator::Length { min: 1, max: 255 }))]
    pub metric_namespaces: Option<Set<String>>,

    /// Whether jobs and endpoints may connect to a VPC. The network interface actions are granted on all resources:
    /// SageMaker creates the interfaces, so their IDs are not known in advance, and the describe actions do not support
    /// resource-level permissions.
    #[tf(optional, computed, default = false)]
    pub vpc: bool,

    /// Names of the model package groups to register models in and to read models from. Approving a model
    /// (`sagemaker:UpdateModelPackage`) is not included, so that a training script cannot approve its own model; grant
    /// it in `inline_policies` where it is needed.
    #[tf(optional, validate(GROUP_NAME))]
    pub model_registry: Option<Set<String>>,

    /// Whether the role may run SageMaker pipelines: create, describe and stop the jobs of their steps, create models,
    /// and pass itself to SageMaker (`iam:PassRole`, limited by `iam:PassedToService`).
    #[tf(optional, computed, default = false)]
    pub pipelines: bool,

    /// Prefixes of the names of the pipelines' jobs and models, besides `pipelines-`: for steps with a custom job
    /// prefix.
    #[tf(optional, validate(JOB_PREFIX))]
    pub pipeline_job_prefixes: Option<Set<String>>,

    /// Names of the pipelines to execute (`sagemaker:StartPipelineExecution`): for the role of a `mlops_pipeline_schedule`
    /// or `mlops_pipeline_trigger`.
    #[tf(optional, validate(names::LONG_NAME))]
    pub start_pipelines: Option<Set<String>>,

    /// Names of the notebook instances to start and stop (`sagemaker:StartNotebookInstance`, `sagemaker:StopNotebookInstance`):
    /// for the role of a `mlops_off_hours_schedule`.
    #[tf(optional, validate(names::NAME))]
    pub start_stop_notebook_instances: Option<Set<String>>,

    /// Names of the endpoints to delete and to create again, with any endpoint configuration and with tags
    /// (`sagemaker:DeleteEndpoint`, `sagemaker:CreateEndpoint`, `sagemaker:AddTags`): for the role of a
    /// `mlops_off_hours_schedule`.
    #[tf(optional, validate(ENDPOINT_NAME))]
    pub recreate_endpoints: Option<Set<String>>,

    /// ARNs of Lambda functions to invoke: Lambda steps of pipelines, pre- and post-annotation functions of labeling
    /// jobs.
    #[tf(optional, validate(arn::LAMBDA_FUNCTION))]
    pub lambda_functions: Option<Set<String>>,

    /// ARNs of SQS queues to send messages to: callback steps of pipelines.
    #[tf(optional, validate(arn::SQS_QUEUE))]
    pub sqs_queues: Option<Set<String>>,

    /// ARNs of SNS topics to publish to: notifications of asynchronous inference.
    #[tf(optional, validate(arn::SNS_TOPIC))]
    pub sns_topics: Option<Set<String>>,

    /// ARNs of Secrets Manager secrets to read: credentials of Git repositories and private registries.
    #[tf(optional, validate(arn::SECRET))]
    pub secrets: Option<Set<String>>,

    /// Names of endpoints to invoke. `*` is not allowed: list each.
    #[tf(optional, validate(ENDPOINT_NAME))]
    pub endpoints: Option<Set<String>>,
}

/// What the compiler must know besides the grants.
#[derive(Clone, Copy, Debug)]
pub struct AccountContext<'a> {
    /// The partition: `aws`.
    pub partition: &'a str,
    /// The account's id.
    pub account_id: &'a str,
    /// The ARN of the role itself.
    pub role_arn: &'a str,
}

struct Statement {
    id: Option<&'static str>,
    actions: &'static [&'static str],
    resources: BTreeSet<String>,
    condition: Option<Json>,
}

/// The policy document, laid out for plans and the same for the same grants. None if nothing is granted.
///
/// # Errors
/// Which URI is malformed.
pub fn compile(access: &Access, context: AccountContext<'_>) -> Result<Option<String>, Malformed> {
    let mut statements = storage(access, context.partition)?;
    statements.extend(services(access, context));
    statements.extend(sagemaker(access, context));
    statements.retain(|s| !s.resources.is_empty());
    if statements.is_empty() {
        return Ok(None);
    }
    let statements: Vec<Json> = statements.into_iter().map(Statement::into_json).collect();
    Ok(Some(plan_json::laid_out(&json!({ "Version": "2012-10-17", "Statement": statements }))))
}

impl Statement {
    fn new(
        id: &'static str,
        actions: &'static [&'static str],
        resources: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self { id: Some(id), actions, resources: resources.into_iter().map(Into::into).collect(), condition: None }
    }

    fn when(self, condition: Json) -> Self {
        Self { condition: Some(condition), ..self }
    }

    fn into_json(self) -> Json {
        let mut json = json!({ "Effect": "Allow", "Action": self.actions, "Resource": self.resources });
        if let Some(id) = self.id {
            json["Sid"] = id.into();
        }
        if let Some(condition) = self.condition {
            json["Condition"] = condition;
        }
        json
    }
}

fn all(set: &Option<Set<String>>) -> impl Iterator<Item = &str> {
    set.iter().flat_map(|s| s.0.iter().map(String::as_str))
}

/// IAM refuses policies with other characters than tabs, line ends and U+0020 to U+00FF (IAM User Guide, "IAM and AWS STS
/// quotas").
fn uris(set: &Option<Set<String>>) -> Result<Vec<S3Uri>, Malformed> {
    let writable = |uri: S3Uri| match uri.key.chars().find(|c| *c > '\u{ff}') {
        Some(c) => Err(Malformed(format!(
            "\"{uri}\" has the character {c:?}, which IAM policies do not allow. Use the wildcard `?` instead."
        ))),
        None => Ok(uri),
    };
    all(set).map(|text| S3Uri::parse(text).and_then(writable)).collect()
}

/// A dollar sign begins a policy variable; `${$}` is the sign itself (IAM User Guide, "IAM policy elements: Variables").
fn literal(key: &str) -> String {
    key.replace('$', "${$}")
}

/// What keys at a URI look like: everything below a folder, and for a name without a slash the object itself, too.
fn key_patterns(uri: &S3Uri) -> Vec<String> {
    let key = literal(&uri.key);
    if key.ends_with('*') {
        vec![key]
    } else if key.is_empty() || key.ends_with('/') {
        vec![format!("{key}*")]
    } else {
        vec![format!("{key}/*"), key]
    }
}

fn storage(access: &Access, partition: &str) -> Result<Vec<Statement>, Malformed> {
    let (read, write, delete) = (uris(&access.read)?, uris(&access.write)?, uris(&access.delete)?);
    let objects = |uris: &[S3Uri]| -> Vec<String> {
        uris.iter()
            .flat_map(|u| key_patterns(u).into_iter().map(|key| format!("{}/{key}", u.bucket_arn(partition))))
            .collect()
    };
    let mut statements = vec![
        Statement::new("ReadObjects", &["s3:GetObject"], objects(&read)),
        Statement::new("WriteObjects", &["s3:AbortMultipartUpload", "s3:PutObject"], objects(&write)),
        Statement::new("DeleteObjects", &["s3:DeleteObject"], objects(&delete)),
    ];
    // Clients look up the region of a bucket and list what is at a prefix whether they read or write.
    let mut prefixes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for uri in read.iter().chain(&write).chain(&delete) {
        prefixes.entry(uri.bucket_arn(partition).to_string()).or_default().extend(key_patterns(uri));
    }
    statements.push(Statement::new("LocateBuckets", &["s3:GetBucketLocation"], prefixes.keys().cloned()));
    let (whole, parts): (Vec<_>, Vec<_>) = prefixes.into_iter().partition(|(_, prefixes)| prefixes.contains("*"));
    statements.push(Statement::new("ListBuckets", &["s3:ListBucket"], whole.into_iter().map(|(bucket, _)| bucket)));
    // One statement for each bucket: a condition holds for all the resources of its statement.
    statements.extend(parts.into_iter().map(|(bucket, prefixes)| Statement {
        id: None,
        actions: &["s3:ListBucket"],
        resources: [bucket].into(),
        condition: Some(json!({ "StringLike": { "s3:prefix": prefixes } })),
    }));
    Ok(statements)
}

fn services(access: &Access, context: AccountContext<'_>) -> Vec<Statement> {
    let AccountContext { partition, account_id, .. } = context;
    let everywhere = |granted: bool| granted.then_some("*");
    let mut namespaces: Vec<&str> = all(&access.metric_namespaces).collect();
    if access.metrics {
        // Jobs and endpoints publish to the first form, monitoring schedules to either (SageMaker Developer Guide,
        // "Metrics for monitoring Amazon SageMaker AI", "CloudWatch Metrics" of Model Monitor).
        namespaces.extend(["/aws/sagemaker/*", "aws/sagemaker/*"]);
    }
    namespaces.sort_unstable();
    vec![
        Statement::new(
            "UseKeys",
            &["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            all(&access.kms_keys),
        ),
        // Encrypted volumes: SageMaker lets the storage service use the key by a grant.
        Statement::new("GrantKeysToServices", &["kms:CreateGrant"], all(&access.kms_keys))
            .when(json!({ "Bool": { "kms:GrantIsForAWSResource": ["true"] } })),
        Statement::new(
            "PullImages",
            &["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            all(&access.ecr_repositories),
        ),
        // This action takes no resource.
        Statement::new(
            "LogInToRegistries",
            &["ecr:GetAuthorizationToken"],
            everywhere(all(&access.ecr_repositories).next().is_some()),
        ),
        Statement::new(
            "WriteLogs",
            &["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            access.logs.then(|| format!("arn:{partition}:logs:*:{account_id}:log-group:/aws/sagemaker/*")),
        ),
        // This action takes no resource, but the namespace as a condition.
        Statement::new("PublishMetrics", &["cloudwatch:PutMetricData"], everywhere(!namespaces.is_empty()))
            .when(json!({ "StringLike": { "cloudwatch:namespace": namespaces } })),
        Statement::new(
            "JoinVpc",
            &[
                "ec2:CreateNetworkInterface",
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            everywhere(access.vpc),
        ),
        Statement::new("InvokeFunctions", &["lambda:InvokeFunction"], all(&access.lambda_functions)),
        Statement::new("SendCallbacks", &["sqs:SendMessage"], all(&access.sqs_queues)),
        Statement::new("PublishNotifications", &["sns:Publish"], all(&access.sns_topics)),
        Statement::new("ReadSecrets", &["secretsmanager:GetSecretValue"], all(&access.secrets)),
    ]
}

fn sagemaker(access: &Access, context: AccountContext<'_>) -> Vec<Statement> {
    let AccountContext { partition, account_id, role_arn } = context;
    let arn = |resource: &str| format!("arn:{partition}:sagemaker:*:{account_id}:{resource}");
    // SageMaker writes names in lower case into the ARNs of most of its objects, and not of all.
    let spellings = |name: &str| BTreeSet::from([name.to_owned(), name.to_ascii_lowercase()]);
    let registry = all(&access.model_registry)
        .flat_map(spellings)
        .flat_map(|group| [arn(&format!("model-package-group/{group}")), arn(&format!("model-package/{group}/*"))]);
    let named_endpoints = |names| all(names).flat_map(spellings).map(|name| arn(&format!("endpoint/{name}")));
    let endpoints = named_endpoints(&access.endpoints);
    let recreated: Vec<String> = named_endpoints(&access.recreate_endpoints).collect();
    // An endpoint is created of a configuration, and which one it is changes (Service Authorization Reference).
    let configurations = (!recreated.is_empty()).then(|| arn("endpoint-config/*"));
    let notebooks = all(&access.start_stop_notebook_instances).flat_map(spellings);
    let notebooks = notebooks.map(|name| arn(&format!("notebook-instance/{name}")));
    let pipelines = all(&access.start_pipelines).flat_map(spellings).map(|name| arn(&format!("pipeline/{name}")));
    let prefixes: BTreeSet<String> = if access.pipelines {
        all(&access.pipeline_job_prefixes).chain([PIPELINE_JOBS]).flat_map(spellings).collect()
    } else {
        BTreeSet::new()
    };
    let named = |kinds: &'static [&'static str]| {
        let arns = kinds.iter().flat_map(|kind| prefixes.iter().map(move |prefix| format!("{kind}/{prefix}*")));
        arns.map(|resource| arn(&resource)).collect::<Vec<_>>()
    };
    vec![
        Statement::new(
            "UseModelRegistry",
            &[
                "sagemaker:CreateModelPackage",
                "sagemaker:DescribeModelPackage",
                "sagemaker:DescribeModelPackageGroup",
                "sagemaker:ListModelPackages",
            ],
            registry,
        ),
        Statement::new("InvokeEndpoints", &["sagemaker:InvokeEndpoint"], endpoints),
        Statement::new("StartPipelines", &["sagemaker:StartPipelineExecution"], pipelines),
        Statement::new(
            "StartStopNotebookInstances",
            &["sagemaker:StartNotebookInstance", "sagemaker:StopNotebookInstance"],
            notebooks,
        ),
        Statement::new(
            "RecreateEndpoints",
            &["sagemaker:AddTags", "sagemaker:CreateEndpoint", "sagemaker:DeleteEndpoint"],
            recreated,
        ),
        Statement::new("UseEndpointConfigurations", &["sagemaker:CreateEndpoint"], configurations),
        Statement::new(
            "RunPipelineJobs",
            &[
                "sagemaker:AddTags",
                "sagemaker:CreateHyperParameterTuningJob",
                "sagemaker:CreateModel",
                "sagemaker:CreateProcessingJob",
                "sagemaker:CreateTrainingJob",
                "sagemaker:CreateTransformJob",
                "sagemaker:DescribeHyperParameterTuningJob",
                "sagemaker:DescribeModel",
                "sagemaker:DescribeProcessingJob",
                "sagemaker:DescribeTrainingJob",
                "sagemaker:DescribeTransformJob",
                "sagemaker:StopHyperParameterTuningJob",
                "sagemaker:StopProcessingJob",
                "sagemaker:StopTrainingJob",
                "sagemaker:StopTransformJob",
            ],
            named(&["hyper-parameter-tuning-job", "model", "processing-job", "training-job", "transform-job"]),
        ),
        Statement::new("PassThisRole", &["iam:PassRole"], access.pipelines.then_some(role_arn))
            .when(json!({ "StringEquals": { "iam:PassedToService": ["sagemaker.amazonaws.com"] } })),
    ]
}
