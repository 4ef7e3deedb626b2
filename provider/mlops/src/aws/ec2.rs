//! EC2, of which two operations are needed: its SDK has hundreds, and would take longer to compile than all others together.
//!
//! A request goes through the same layers as those of the SDKs: credentials, signature, endpoint, retries, time limits, HTTP client.
//! Only how it is written and what is read of the response is here. Sources: Amazon EC2 API reference, "Query requests",
//! DescribeNetworkInterfaces, DeleteNetworkInterface; botocore's service model and endpoint rules of EC2.

use std::fmt;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor};
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_types::retry::{ErrorKind, ProvideErrorKind, RetryConfig};
use aws_smithy_types::timeout::TimeoutConfig;
use aws_smithy_xml::decode::{Document, ScopedDecoder, XmlDecodeError, try_data};
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use aws_types::service_config::ServiceConfigKey;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::aws::arn;
use crate::aws::client::retry_partition;

/// The version of the API.
const VERSION: &str = "2016-11-15";
/// What stays as it is in a form.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// How many interfaces one response may have; the API takes 5 to 1000.
const PAGE: &str = "1000";

/// The client of a region.
#[derive(Debug)]
pub struct Client {
    describe: Operation<String, Page, Refusal>,
    delete: Operation<String, Page, Refusal>,
}

/// A network interface in a VPC. What AWS leaves out is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkInterface {
    /// Its ID: `eni-...`.
    pub id: String,
    /// `available` (attached to nothing), `associated`, `attaching`, `in-use`, `detaching` or `pending`.
    pub status: String,
    /// What it is for, in the words of whoever made it.
    pub description: String,
    /// Whoever made it: a service, an account, or a role's ID with the name of its session, such as `AROA...:SageMaker`.
    pub requester_id: String,
    /// When it was attached to what it is attached to, in RFC 3339 format.
    pub attached: String,
}

/// Network interfaces, and where the next ones begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The interfaces.
    pub interfaces: Vec<NetworkInterface>,
    /// What the next page is asked for with. None: there is none.
    pub next_token: Option<String>,
}

/// What EC2 responds instead of doing what it was asked.
#[derive(Debug)]
pub struct Refusal(ErrorMetadata);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refusal {}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

impl ProvideErrorKind for Refusal {
    fn retryable_error_kind(&self) -> Option<ErrorKind> {
        None
    }

    fn code(&self) -> Option<&str> {
        self.0.code()
    }
}

/// What a request to a region is to keep to.
pub(super) struct Terms<'a> {
    /// Credentials, HTTP client, retries.
    pub(super) sdk: &'a SdkConfig,
    /// The region.
    pub(super) region: &'a str,
    /// The URL that the provider block names, in place of EC2's own.
    pub(super) endpoint: Option<&'a str>,
    /// How long it may take.
    pub(super) limits: TimeoutConfig,
    /// How many retries may be owed at once.
    pub(super) retry_tokens: Option<usize>,
}

/// A request that is ready to be sent.
pub struct Request<'a> {
    operation: &'a Operation<String, Page, Refusal>,
    form: String,
}

impl Request<'_> {
    /// Adds a parameter.
    fn with(mut self, name: &str, value: &str) -> Self {
        self.form.push_str(&format!("&{name}={}", utf8_percent_encode(value, FORM)));
        self
    }

    /// Adds a filter, unless nothing is looked for.
    fn filter(mut self, number: usize, name: &str, values: &[String]) -> Self {
        if values.is_empty() {
            return self;
        }
        self = self.with(&format!("Filter.{number}.Name"), name);
        values
            .iter()
            .enumerate()
            .fold(self, |request, (i, value)| request.with(&format!("Filter.{number}.Value.{}", i + 1), value))
    }

    /// Sends it.
    ///
    /// # Errors
    /// What EC2 responded, or why it did not.
    pub async fn send(self) -> Result<Page, SdkError<Refusal, HttpResponse>> {
        self.operation.invoke(self.form).await
    }
}

impl Client {
    pub(super) fn new(terms: &Terms<'_>) -> Self {
        Self {
            describe: operation(terms, "DescribeNetworkInterfaces"),
            delete: operation(terms, "DeleteNetworkInterface"),
        }
    }

    /// The interfaces that are in one of these security groups and in one of these subnets; empty: whichever it is.
    pub fn describe_network_interfaces(
        &self,
        groups: &[String],
        subnets: &[String],
        next_token: Option<&str>,
    ) -> Request<'_> {
        let request = Request { operation: &self.describe, form: form("DescribeNetworkInterfaces") };
        let request = request.with("MaxResults", PAGE).filter(1, "subnet-id", subnets).filter(2, "group-id", groups);
        match next_token {
            Some(token) => request.with("NextToken", token),
            None => request,
        }
    }

    /// Deletes an interface that is attached to nothing.
    pub fn delete_network_interface(&self, id: &str) -> Request<'_> {
        let request = Request { operation: &self.delete, form: form("DeleteNetworkInterface") };
        request.with("NetworkInterfaceId", id)
    }
}

fn form(action: &str) -> String {
    format!("Action={action}&Version={VERSION}")
}

fn operation(terms: &Terms<'_>, name: &'static str) -> Operation<String, Page, Refusal> {
    let sdk = terms.sdk;
    let mut components = RuntimeComponentsBuilder::new("EC2")
        .with_auth_scheme(SigV4AuthScheme::new())
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])))
        .with_retry_classifier(HttpStatusCodeClassifier::default())
        .with_retry_classifier(TransientErrorClassifier::<Refusal>::new())
        .with_retry_classifier(AwsErrorCodeClassifier::<Refusal>::new())
        .with_retry_classifier(ServiceClockSkewClassifier::<Refusal>::new())
        .with_interceptor(ServiceClockSkewInterceptor::new())
        .with_interceptor(RequestInfoInterceptor::new())
        .with_interceptor(UserAgentInterceptor::new())
        .with_interceptor(InvocationIdInterceptor::new());
    components.set_identity_cache(sdk.identity_cache());
    if let Some(credentials) = sdk.credentials_provider() {
        components.set_identity_resolver(SCHEME_ID, credentials);
    }
    components.set_http_client(sdk.http_client());
    components.set_sleep_impl(sdk.sleep_impl());
    components.set_time_source(sdk.time_source());

    let region = Region::new(terms.region.to_owned());
    let mut config = Layer::new("EC2");
    config.store_put(AuthSchemeOptionResolverParams::new(()));
    config.store_put(ApiMetadata::new("ec2", env!("CARGO_PKG_VERSION")));
    config.store_put(SigningName::from_static("ec2"));
    config.store_put(SigningRegion::from(region.clone()));
    config.store_put(region);
    config.store_put(SigV4OperationSigningConfig {
        signing_options: SigningOptions::default(),
        ..SigV4OperationSigningConfig::default()
    });
    config.store_put(retry_partition(terms.retry_tokens));

    Operation::builder()
        .service_name("EC2")
        .operation_name(name)
        .behavior_version(sdk.behavior_version().unwrap_or_else(BehaviorVersion::latest))
        .endpoint_url(&endpoint(terms))
        .standard_retry(sdk.retry_config().unwrap_or(&RetryConfig::standard()))
        .timeout_config(terms.limits.clone())
        .with_connection_poisoning()
        .serializer(request)
        .deserializer(response)
        .runtime_plugin(StaticRuntimePlugin::new().with_config(config.freeze()).with_runtime_components(components))
        .build()
}

/// Where requests go: what the provider block says, the environment and the profile, or EC2's own endpoint of the region.
fn endpoint(terms: &Terms<'_>) -> String {
    let sdk = terms.sdk;
    let own = || {
        let key = ServiceConfigKey::builder().service_id("EC2").env("AWS_ENDPOINT_URL").profile("endpoint_url");
        sdk.service_config()?.load_config(key.build().ok()?)
    };
    let set = if sdk.get_origin("endpoint_url").is_client_config() { None } else { own() };
    let set = terms.endpoint.map(str::to_owned).or(set).or_else(|| sdk.endpoint_url().map(str::to_owned));
    set.unwrap_or_else(|| regional(terms.region, sdk.use_fips() == Some(true), sdk.use_dual_stack() == Some(true)))
}

/// EC2's endpoint of a region. Source: botocore, endpoint rules of EC2.
fn regional(region: &str, fips: bool, dual_stack: bool) -> String {
    let partition = arn::partition(region);
    // All endpoints of GovCloud meet FIPS, under the ordinary name.
    let host = if fips && (dual_stack || partition.id != "aws-us-gov") { "ec2-fips" } else { "ec2" };
    let suffix = if dual_stack { partition.dual_stack_dns_suffix } else { partition.dns_suffix };
    format!("https://{host}.{region}.{suffix}")
}

fn request(form: String) -> Result<HttpRequest, BoxError> {
    let request = http::Request::builder()
        .method("POST")
        .uri("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(SdkBody::from(form))?;
    Ok(HttpRequest::try_from(request)?)
}

fn response(response: &HttpResponse) -> Result<Page, OrchestratorError<Refusal>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        return page(body).map_err(OrchestratorError::other);
    }
    // What is no error of EC2's has no code.
    Err(OrchestratorError::operation(Refusal(refusal(body).unwrap_or_default())))
}

/// An error: `<Response><Errors><Error><Code>...`.
fn refusal(body: &[u8]) -> Result<ErrorMetadata, XmlDecodeError> {
    let (mut document, mut metadata) = (Document::try_from(body)?, ErrorMetadata::builder());
    let mut root = document.root_element()?;
    while let Some(mut errors) = root.next_tag() {
        while let Some(mut error) = errors.next_tag() {
            while let Some(mut member) = error.next_tag() {
                match member.start_el().local() {
                    "Code" => metadata = metadata.code(try_data(&mut member)?),
                    "Message" => metadata = metadata.message(try_data(&mut member)?),
                    _ => {}
                }
            }
        }
    }
    Ok(metadata.build())
}

fn page(body: &[u8]) -> Result<Page, XmlDecodeError> {
    let (mut document, mut page) = (Document::try_from(body)?, Page::default());
    let mut root = document.root_element()?;
    if !root.start_el().local().ends_with("Response") {
        return Err(XmlDecodeError::custom("this is no response of EC2's"));
    }
    while let Some(mut member) = root.next_tag() {
        match member.start_el().local() {
            "networkInterfaceSet" => {
                while let Some(item) = member.next_tag() {
                    page.interfaces.push(interface(item)?);
                }
            }
            "nextToken" => {
                page.next_token = Some(try_data(&mut member)?.into_owned()).filter(|token| !token.is_empty())
            }
            _ => {}
        }
    }
    Ok(page)
}

fn interface(mut item: ScopedDecoder<'_, '_>) -> Result<NetworkInterface, XmlDecodeError> {
    let mut interface = NetworkInterface::default();
    while let Some(mut member) = item.next_tag() {
        let name = member.start_el().local().to_owned();
        let slot = match name.as_str() {
            "networkInterfaceId" => &mut interface.id,
            "status" => &mut interface.status,
            "description" => &mut interface.description,
            "requesterId" => &mut interface.requester_id,
            "attachment" => {
                while let Some(mut attachment) = member.next_tag() {
                    if attachment.start_el().local() == "attachTime" {
                        interface.attached = try_data(&mut attachment)?.into_owned();
                    }
                }
                continue;
            }
            _ => continue,
        };
        *slot = try_data(&mut member)?.into_owned();
    }
    Ok(interface)
}

#[cfg(test)]
mod tests;
