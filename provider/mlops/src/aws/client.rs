//! The clients of AWS's services, one per service and region, made when they are first asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::config::retry::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextMut;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::timeout::TimeoutConfig;
use tfplug::diag::{Diag, Result};
use tfplug::value::Value;
use tokio::sync::OnceCell;

use crate::aws::arn;
use crate::aws::batch::Batches;
use crate::aws::clock::Clock;
use crate::aws::creations::{Creations, Place};
use crate::aws::ec2;
use crate::aws::error::{AwsError, aws_error};
use crate::aws::http::{HttpSettings, http_client};

/// How long a connection may take to come about.
pub(crate) const CONNECT: Duration = Duration::from_secs(5);
/// The calls to S3 that move the bodies of objects, or that S3 answers only when it has put one together.
const TRANSFERS: &[&str] = &["CompleteMultipartUpload", "CopyObject", "PutObject", "UploadPart", "UploadPartCopy"];

/// How long a call to the tagging API or to EC2 may take with all its repetitions. A network may lead to the services that are needed
/// and not to these: the one only saves calls to them, the other only tells how long to wait.
const NICE_TO_HAVE: Duration = Duration::from_secs(10);

/// How long calls are repeated while something made a moment ago is not usable yet, unless the user says otherwise.
pub(crate) const PROPAGATION: Duration = Duration::from_secs(120);

/// Services whose endpoint the user may set, by the names that the provider's `endpoints` block has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Application Auto Scaling.
    ApplicationAutoScaling,
    /// AWS Budgets. It is global.
    Budgets,
    /// CloudWatch.
    CloudWatch,
    /// EC2: the network interfaces of what is in a VPC.
    Ec2,
    /// EventBridge.
    EventBridge,
    /// Identity and access management.
    Iam,
    /// CloudWatch Logs.
    Logs,
    /// AWS Price List: what services cost. Few regions have it.
    Pricing,
    /// Resource Groups Tagging API: the tags of objects of all services.
    ResourceGroupsTagging,
    /// Object storage.
    S3,
    /// SageMaker's control plane.
    SageMaker,
    /// Invocation of SageMaker endpoints.
    SageMakerRuntime,
    /// EventBridge Scheduler.
    Scheduler,
    /// Service Quotas.
    ServiceQuotas,
    /// Simple notification service.
    Sns,
    /// Security token service.
    Sts,
}

/// How long one attempt of a call may take. What takes longer is begun anew on another connection, as often as the retries
/// allow.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Any call that is not named here: 60 seconds, which is longer than the slowest synchronous operation takes, and short
    /// enough that a connection which went silent does not use up a resource's timeout.
    pub call: Duration,
    /// A call that sends the body of an object to S3: 10 minutes, for a part of an upload over a slow link. A transfer that
    /// stands still is ended much earlier by the SDK's stalled-stream protection.
    pub transfer: Duration,
    /// Invoking an endpoint: 500 seconds. SageMaker allows the model 60 seconds, or 8 minutes for a streamed response.
    pub invocation: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { call: Duration::from_secs(60), transfer: Duration::from_secs(600), invocation: Duration::from_secs(500) }
    }
}

/// Tags that the provider neither shows nor touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoreTags {
    /// Exact keys.
    pub keys: Vec<String>,
    /// Beginnings of keys.
    pub key_prefixes: Vec<String>,
}

impl IgnoreTags {
    /// Whether a tag is left alone. Keys that begin with `aws:` always are: AWS reserves them.
    pub fn ignores(&self, key: &str) -> bool {
        key.starts_with("aws:")
            || self.keys.iter().any(|k| k == key)
            || self.key_prefixes.iter().any(|p| key.starts_with(p.as_str()))
    }
}

/// What the provider block comes down to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Credentials, HTTP client, retries, time limits, endpoint for all services.
    pub sdk: SdkConfig,
    /// The region of whatever does not name its own. None only if the configuration does not know it yet.
    pub region: Option<String>,
    /// Whether the configuration is not known yet in a part that calls need: every call fails, and says which argument it is.
    pub unknown: bool,
    /// The region of the STS endpoint, where it is not the provider's.
    pub sts_region: Option<String>,
    /// URLs that stand in for a service's own.
    pub endpoints: BTreeMap<Service, String>,
    /// Buckets in the path (`HOST/BUCKET`) instead of the host name.
    pub s3_use_path_style: bool,
    /// How many retries may be owed at once. None: no limit on the client's side.
    pub retry_tokens: Option<usize>,
    /// Tags of every resource that can have tags.
    pub default_tags: BTreeMap<String, String>,
    /// Some default tag is not known before the apply.
    pub default_tags_unknown: bool,
    /// Tags to leave alone.
    pub ignore_tags: IgnoreTags,
    /// How long single attempts may take.
    pub limits: Limits,
    /// How far this computer's clock is off, as the responses to the clients of `sdk` tell it.
    pub clock: Clock,
    /// How long to repeat calls while AWS answers that something made a moment ago is not usable yet. Zero: not at all.
    pub propagation_timeout: Duration,
    /// The account, if it is known already.
    pub account_id: Option<String>,
    /// Where Terraform runs, to remember creations there. None: they are not remembered.
    pub place: Option<Place>,
}

impl Settings {
    /// Settings for a local stand-in of AWS: one URL for all services, fixed credentials, the region `us-east-1`.
    ///
    /// # Errors
    /// A sentence, if the HTTP client cannot be made.
    pub fn local(endpoint_url: &str) -> Result<Self, String> {
        let (http_client, clock) = http_client(HttpSettings::default())?;
        let credentials = Credentials::new("local", "local", None, None, "local");
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(endpoint_url)
            .http_client(http_client)
            .build();
        Ok(Self {
            sdk,
            region: Some("us-east-1".to_owned()),
            unknown: false,
            sts_region: None,
            endpoints: BTreeMap::new(),
            s3_use_path_style: true,
            retry_tokens: None,
            default_tags: BTreeMap::new(),
            default_tags_unknown: false,
            ignore_tags: IgnoreTags::default(),
            limits: Limits::default(),
            clock,
            propagation_timeout: PROPAGATION,
            account_id: None,
            place: None,
        })
    }
}

/// AWS as the provider block configures it: what every operation of every resource is given.
#[derive(Debug)]
pub struct Aws {
    settings: Settings,
    regions: Mutex<BTreeMap<String, Arc<Regional>>>,
    account_id: OnceCell<String>,
    creations: Arc<Creations>,
    notes: Mutex<BTreeMap<String, Option<Arc<str>>>>,
}

impl Aws {
    /// AWS's clock.
    pub fn clock(&self) -> &Clock {
        &self.settings.clock
    }

    /// AWS with these settings. Nothing is called yet.
    pub fn new(settings: Settings) -> Self {
        let account_id = OnceCell::new_with(settings.account_id.clone());
        let endpoint = settings.sdk.endpoint_url().unwrap_or_default();
        let endpoint = format!("{endpoint} {:?}", settings.endpoints);
        let creations =
            Creations::load(settings.place.as_ref(), settings.account_id.as_deref(), endpoint, settings.clock.clone());
        Self { settings, regions: Mutex::default(), account_id, creations, notes: Mutex::default() }
    }

    /// The creations of this process, and those that earlier ones left.
    pub fn creations(&self) -> &Arc<Creations> {
        &self.creations
    }

    /// Leaves a note for the plans of other resources in this process: what is planned of an object, which AWS may not have
    /// yet. None: it is not known before the apply.
    pub fn note(&self, of: String, text: Option<Arc<str>>) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).insert(of, text);
    }

    /// The note that was left. None if there is none.
    pub fn noted(&self, of: &str) -> Option<Option<Arc<str>>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).get(of).cloned()
    }

    /// The clients of a region; of the provider's own when none is named.
    pub fn region(&self, region: Option<&str>) -> Arc<Regional> {
        let region = region.or(self.default_region()).unwrap_or_default();
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = regions.get(region) {
            return known.clone();
        }
        let made = Arc::new(Regional::new(region, &self.settings));
        regions.insert(region.to_owned(), made.clone());
        made
    }

    /// The provider's own region. None while the configuration does not know it.
    pub fn default_region(&self) -> Option<&str> {
        self.settings.region.as_deref()
    }

    /// The partition that a region belongs to, as ARNs name it: `aws`, `aws-cn`, `aws-us-gov` ...
    pub fn partition(&self, region: &str) -> &'static str {
        arn::partition(region).id
    }

    /// The account, if it is known without asking AWS. After the configuration it is, unless that was skipped or was
    /// not possible yet.
    pub fn known_account_id(&self) -> Option<&str> {
        self.account_id.get().map(String::as_str)
    }

    /// The account that the credentials belong to; AWS is called once (`sts:GetCallerIdentity`, which needs no
    /// permission).
    ///
    /// # Errors
    /// Why STS did not return it.
    pub async fn account_id(&self) -> Result<String> {
        let ask = || async {
            let region = self.settings.sts_region.as_deref();
            let identity = self.region(region).sts().get_caller_identity().send().await;
            let identity =
                identity.map_err(|e| aws_error("STS", "GetCallerIdentity", e).diag("determine the AWS account ID"))?;
            identity.account.ok_or_else(|| {
                let detail = "The response of STS GetCallerIdentity has no account ID.";
                Diag::error("Could not determine the AWS account ID", detail)
            })
        };
        Ok(self.account_id.get_or_try_init(ask).await?.clone())
    }

    /// Tags of every resource that can have tags.
    pub fn default_tags(&self) -> &BTreeMap<String, String> {
        &self.settings.default_tags
    }

    /// Whether the provider block is not known yet in a part that calls need.
    pub fn is_unknown(&self) -> bool {
        self.settings.unknown
    }

    /// Whether some default tag is not known before the apply: then no resource's `tags_all` is either.
    pub fn default_tags_unknown(&self) -> bool {
        self.settings.default_tags_unknown
    }

    /// Tags to leave alone.
    pub fn ignore_tags(&self) -> &IgnoreTags {
        &self.settings.ignore_tags
    }

    /// How long to repeat creations and updates while AWS answers that something made a moment ago, such as an IAM role,
    /// is not usable yet: 2 minutes unless the provider block says otherwise (0 to 10 minutes). Zero: not at all.
    pub fn propagation_timeout(&self) -> Duration {
        self.settings.propagation_timeout
    }
}

/// Descriptions of objects by their names.
pub type Descriptions = Arc<BTreeMap<String, Value>>;

/// What was looked up, and when.
type Looked = (Instant, Descriptions);

/// The clients of one region.
#[derive(Debug)]
pub struct Regional {
    region: String,
    settings: Settings,
    batches: Batches,
    looked: tokio::sync::Mutex<BTreeMap<&'static str, Looked>>,
    ended: Mutex<BTreeSet<(&'static str, String)>>,
    application_auto_scaling: OnceLock<aws_sdk_applicationautoscaling::Client>,
    budgets: OnceLock<aws_sdk_budgets::Client>,
    cloudwatch: OnceLock<aws_sdk_cloudwatch::Client>,
    ec2: OnceLock<ec2::Client>,
    events: OnceLock<aws_sdk_eventbridge::Client>,
    iam: OnceLock<aws_sdk_iam::Client>,
    logs: OnceLock<aws_sdk_cloudwatchlogs::Client>,
    pricing: OnceLock<aws_sdk_pricing::Client>,
    resource_groups_tagging: OnceLock<aws_sdk_resourcegroupstagging::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    sagemaker: OnceLock<aws_sdk_sagemaker::Client>,
    sagemaker_runtime: OnceLock<aws_sdk_sagemakerruntime::Client>,
    scheduler: OnceLock<aws_sdk_scheduler::Client>,
    service_quotas: OnceLock<aws_sdk_servicequotas::Client>,
    sns: OnceLock<aws_sdk_sns::Client>,
    sts: OnceLock<aws_sdk_sts::Client>,
}

/// The part of a client's configuration that is the same for every service. A macro, because each SDK has a builder
/// type of its own and no trait joins them.
macro_rules! config {
    ($sdk:ident, $regional:expr, $service:expr, $attempt:expr) => {{
        let settings = &$regional.settings;
        // While the configuration does not know the region, the credentials say so. That needs a name that could be one.
        let region = if $regional.region.is_empty() { "unknown" } else { &$regional.region };
        let mut config = $sdk::config::Builder::from(&settings.sdk)
            .region(Region::new(region.to_owned()))
            .timeout_config(time_limits(&settings.sdk, $attempt))
            .retry_partition(retry_partition(settings.retry_tokens));
        if let Some(url) = settings.endpoints.get(&$service) {
            config = config.endpoint_url(url);
        }
        config
    }};
}

impl Regional {
    fn new(region: &str, settings: &Settings) -> Self {
        Self {
            region: region.to_owned(),
            settings: settings.clone(),
            batches: Batches::default(),
            looked: tokio::sync::Mutex::default(),
            ended: Mutex::default(),
            application_auto_scaling: OnceLock::new(),
            budgets: OnceLock::new(),
            cloudwatch: OnceLock::new(),
            ec2: OnceLock::new(),
            events: OnceLock::new(),
            iam: OnceLock::new(),
            logs: OnceLock::new(),
            pricing: OnceLock::new(),
            resource_groups_tagging: OnceLock::new(),
            s3: OnceLock::new(),
            sagemaker: OnceLock::new(),
            sagemaker_runtime: OnceLock::new(),
            scheduler: OnceLock::new(),
            service_quotas: OnceLock::new(),
            sns: OnceLock::new(),
            sts: OnceLock::new(),
        }
    }

    /// The region's name.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// AWS's time in milliseconds since 1970, as right as the offset of its clock is known.
    pub fn now(&self) -> i64 {
        self.settings.clock.now()
    }

    /// The account that the credentials belong to. STS is asked only where it is not known from the configuration.
    ///
    /// # Errors
    /// What STS responded.
    pub async fn account_id(&self) -> std::result::Result<String, AwsError> {
        if let Some(known) = &self.settings.account_id {
            return Ok(known.clone());
        }
        let identity = self.sts().get_caller_identity().send().await;
        let identity = identity.map_err(|e| aws_error("STS", "GetCallerIdentity", e))?;
        Ok(identity.account.unwrap_or_default())
    }

    /// What was looked up under this name, at most a minute ago; else it is looked up now, once for all who ask meanwhile.
    /// None if it cannot be, which is not kept.
    pub async fn looked_up<F>(&self, name: &'static str, look: impl FnOnce() -> F) -> Option<Descriptions>
    where
        F: Future<Output = Option<BTreeMap<String, Value>>>,
    {
        let mut all = self.looked.lock().await;
        if let Some((at, found)) = all.get(name)
            && at.elapsed() < Duration::from_secs(60)
        {
            return Some(found.clone());
        }
        let found = Arc::new(look().await?);
        all.insert(name, (Instant::now(), found.clone()));
        Some(found)
    }

    /// Remembers that this process ended what has this name, of the kind that AWS calls so, for what it used and is destroyed next.
    pub fn note_end(&self, noun: &'static str, name: &str) {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).insert((noun, name.to_owned()));
    }

    /// What this process ended: kinds and names.
    pub fn ended(&self) -> Vec<(&'static str, String)> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Reads that are made for many objects at once.
    pub fn batches(&self) -> &Batches {
        &self.batches
    }

    /// Application Auto Scaling.
    pub fn application_auto_scaling(&self) -> &aws_sdk_applicationautoscaling::Client {
        let limit = self.settings.limits.call;
        let make = || config!(aws_sdk_applicationautoscaling, self, Service::ApplicationAutoScaling, limit).build();
        self.application_auto_scaling.get_or_init(|| aws_sdk_applicationautoscaling::Client::from_conf(make()))
    }

    /// AWS Budgets. It is global.
    pub fn budgets(&self) -> &aws_sdk_budgets::Client {
        let make = || config!(aws_sdk_budgets, self, Service::Budgets, self.settings.limits.call).build();
        self.budgets.get_or_init(|| aws_sdk_budgets::Client::from_conf(make()))
    }

    /// CloudWatch.
    pub fn cloudwatch(&self) -> &aws_sdk_cloudwatch::Client {
        let make = || config!(aws_sdk_cloudwatch, self, Service::CloudWatch, self.settings.limits.call).build();
        self.cloudwatch.get_or_init(|| aws_sdk_cloudwatch::Client::from_conf(make()))
    }

    /// EC2: the network interfaces of what is in a VPC.
    pub fn ec2(&self) -> &ec2::Client {
        let settings = &self.settings;
        let terms = || ec2::Terms {
            sdk: &settings.sdk,
            region: if self.region.is_empty() { "unknown" } else { &self.region },
            endpoint: settings.endpoints.get(&Service::Ec2).map(String::as_str),
            limits: whole_time(&settings.sdk, NICE_TO_HAVE),
            retry_tokens: settings.retry_tokens,
        };
        self.ec2.get_or_init(|| ec2::Client::new(&terms()))
    }

    /// EventBridge.
    pub fn events(&self) -> &aws_sdk_eventbridge::Client {
        let make = || config!(aws_sdk_eventbridge, self, Service::EventBridge, self.settings.limits.call).build();
        self.events.get_or_init(|| aws_sdk_eventbridge::Client::from_conf(make()))
    }

    /// Identity and access management. It is global: every region of a partition leads to the same one.
    pub fn iam(&self) -> &aws_sdk_iam::Client {
        let make = || config!(aws_sdk_iam, self, Service::Iam, self.settings.limits.call).build();
        self.iam.get_or_init(|| aws_sdk_iam::Client::from_conf(make()))
    }

    /// CloudWatch Logs.
    pub fn logs(&self) -> &aws_sdk_cloudwatchlogs::Client {
        let make = || config!(aws_sdk_cloudwatchlogs, self, Service::Logs, self.settings.limits.call).build();
        self.logs.get_or_init(|| aws_sdk_cloudwatchlogs::Client::from_conf(make()))
    }

    /// AWS Price List: what services cost. Few regions have it.
    pub fn pricing(&self) -> &aws_sdk_pricing::Client {
        let make = || config!(aws_sdk_pricing, self, Service::Pricing, self.settings.limits.call).build();
        self.pricing.get_or_init(|| aws_sdk_pricing::Client::from_conf(make()))
    }

    /// Resource Groups Tagging API: the tags of objects of all services.
    pub fn resource_groups_tagging(&self) -> &aws_sdk_resourcegroupstagging::Client {
        let make = || {
            config!(aws_sdk_resourcegroupstagging, self, Service::ResourceGroupsTagging, NICE_TO_HAVE)
                .timeout_config(whole_time(&self.settings.sdk, NICE_TO_HAVE))
                .build()
        };
        self.resource_groups_tagging.get_or_init(|| aws_sdk_resourcegroupstagging::Client::from_conf(make()))
    }

    /// Object storage.
    pub fn s3(&self) -> &aws_sdk_s3::Client {
        let make = || {
            config!(aws_sdk_s3, self, Service::S3, self.settings.limits.call)
                .force_path_style(self.settings.s3_use_path_style)
                .interceptor(TransferLimit(time_limits(&self.settings.sdk, self.settings.limits.transfer)))
                .build()
        };
        self.s3.get_or_init(|| aws_sdk_s3::Client::from_conf(make()))
    }

    /// SageMaker's control plane.
    pub fn sagemaker(&self) -> &aws_sdk_sagemaker::Client {
        let make = || config!(aws_sdk_sagemaker, self, Service::SageMaker, self.settings.limits.call).build();
        self.sagemaker.get_or_init(|| aws_sdk_sagemaker::Client::from_conf(make()))
    }

    /// Invocation of SageMaker endpoints.
    pub fn sagemaker_runtime(&self) -> &aws_sdk_sagemakerruntime::Client {
        let make = || {
            config!(aws_sdk_sagemakerruntime, self, Service::SageMakerRuntime, self.settings.limits.invocation).build()
        };
        self.sagemaker_runtime.get_or_init(|| aws_sdk_sagemakerruntime::Client::from_conf(make()))
    }

    /// EventBridge Scheduler.
    pub fn scheduler(&self) -> &aws_sdk_scheduler::Client {
        let make = || config!(aws_sdk_scheduler, self, Service::Scheduler, self.settings.limits.call).build();
        self.scheduler.get_or_init(|| aws_sdk_scheduler::Client::from_conf(make()))
    }

    /// Service Quotas.
    pub fn service_quotas(&self) -> &aws_sdk_servicequotas::Client {
        let make = || config!(aws_sdk_servicequotas, self, Service::ServiceQuotas, self.settings.limits.call).build();
        self.service_quotas.get_or_init(|| aws_sdk_servicequotas::Client::from_conf(make()))
    }

    /// Simple notification service.
    pub fn sns(&self) -> &aws_sdk_sns::Client {
        let make = || config!(aws_sdk_sns, self, Service::Sns, self.settings.limits.call).build();
        self.sns.get_or_init(|| aws_sdk_sns::Client::from_conf(make()))
    }

    /// Security token service.
    pub fn sts(&self) -> &aws_sdk_sts::Client {
        let make = || config!(aws_sdk_sts, self, Service::Sts, self.settings.limits.call).build();
        self.sts.get_or_init(|| aws_sdk_sts::Client::from_conf(make()))
    }
}

/// Gives transfers the time they need, in the client that all calls to S3 share.
#[derive(Debug)]
struct TransferLimit(TimeoutConfig);

impl Intercept for TransferLimit {
    fn name(&self) -> &'static str {
        "TransferLimit"
    }

    fn modify_before_serialization(
        &self,
        _: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if config.load::<Metadata>().is_some_and(|call| TRANSFERS.contains(&call.name())) {
            config.interceptor_state().store_put(self.0.clone());
        }
        Ok(())
    }
}

/// One attempt is limited per service; connecting as the SDK's configuration says. The whole call is limited by the
/// operation's own timeout.
fn time_limits(sdk: &SdkConfig, attempt: Duration) -> TimeoutConfig {
    let connect = sdk.timeout_config().and_then(TimeoutConfig::connect_timeout).unwrap_or(CONNECT);
    TimeoutConfig::builder().connect_timeout(connect).operation_attempt_timeout(attempt).build()
}

/// The whole call is limited, with all its repetitions.
fn whole_time(sdk: &SdkConfig, limit: Duration) -> TimeoutConfig {
    time_limits(sdk, limit).into_builder().operation_timeout(limit).build()
}

/// Without a limit of the user's, retries are never refused on this side: hundreds of resources share one client, and
/// AWS's throttling of some must not fail the others.
pub(crate) fn retry_partition(tokens: Option<usize>) -> RetryPartition {
    let bucket = tokens.map_or_else(TokenBucket::unlimited, TokenBucket::new);
    RetryPartition::custom("mlops").token_bucket(bucket).build()
}

#[cfg(test)]
mod tests;
