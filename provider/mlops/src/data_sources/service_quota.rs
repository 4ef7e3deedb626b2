//! `mlops_service_quota`: how many instances of a type an account may use for something, and how many it uses.
//!
//! Service Quotas knows a quota by a code, and AWS publishes no list of these: a quota is found by its name, in the list of
//! SageMaker's quotas, which is read once per process. Where an account never had a value of its own, the list lacks the
//! quota, and that of AWS's defaults has it. Source: Service Quotas API reference, ListServiceQuotas and
//! ListAWSDefaultServiceQuotas.

mod in_use;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_servicequotas::types::ServiceQuota as Quota;
use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::model::{Model, Root};
use tfplug::resource::DataSource;
use tfplug::schema::Schema;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};
use tokio::sync::Mutex;

use crate::aws::client::{Aws, Regional};
use crate::aws::error::{AwsError, aws_error};
use crate::shapes::instances::INSTANCE_TYPE;

/// The quota of an instance type for one use, and how many instances are in use now. A precondition that compares both
/// stops the plan, where AWS would refuse to create the endpoint or job with `ResourceLimitExceeded`.
#[derive(Clone, Debug, Model)]
#[tf(name = "service_quota", subcategory = "Cost")]
pub struct ServiceQuota {
    /// What the instances are used for: `endpoint`, `notebook`, `processing`, `training` (on-demand instances), `spot
    /// training`, `training warm pool` or `transform`.
    #[tf(required, validate(Validator::OneOf(&[
        "endpoint", "notebook", "processing", "spot training", "training", "training warm pool", "transform",
    ])))]
    usage: String,
    /// ML compute instance type, for example `ml.m5.large`.
    #[tf(required, validate(INSTANCE_TYPE))]
    instance_type: String,
    /// Region whose quota is read. Defaults to the provider's region.
    #[tf(optional)]
    region: Option<String>,
    /// Name of the quota, for example `ml.m5.large for endpoint usage`.
    #[tf(computed)]
    quota_name: Option<String>,
    /// Code of the quota, which `aws service-quotas request-service-quota-increase` needs.
    #[tf(computed)]
    quota_code: Option<String>,
    /// ARN of the quota.
    #[tf(computed)]
    arn: Option<String>,
    /// Number of instances that the account may use at the same time in the region.
    #[tf(computed)]
    value: Option<f64>,
    /// Whether AWS raises the quota on request.
    #[tf(computed)]
    adjustable: Option<bool>,
    /// Number of instances that are in use now: those of endpoints, of notebook instances that are not stopped, and of jobs
    /// that run. Null for warm pools.
    #[tf(computed)]
    in_use: Option<i64>,
    /// Number of instances that can be added: `value` minus `in_use`. Null for warm pools. Instances that the configuration
    /// itself has already are in use: an update of an endpoint needs its new instances beside the old ones, anything else
    /// that exists needs none.
    #[tf(computed)]
    available: Option<f64>,
}

/// The quotas of a list.
type Quotas = Arc<Vec<Quota>>;

/// The data source, with the quotas that it has read: of a region, those applied to the account or AWS's defaults.
#[derive(Default)]
pub struct ServiceQuotaSource {
    read: Mutex<BTreeMap<(String, bool), Quotas>>,
}

#[async_trait]
impl DataSource<Aws> for ServiceQuotaSource {
    fn schema(&self) -> Schema {
        ServiceQuota::schema()
    }

    async fn read(&self, cx: &Context<Aws>, config: Value) -> Result<Value> {
        let mut found = ServiceQuota::from_value(&config, &Path::root())?;
        let aws = cx.client()?.region(found.region.as_deref());
        let name = name_of(&found.usage, &found.instance_type);
        let attempted = format!("find the quota {name:?}");
        let mut known: Vec<Quotas> = Vec::new();
        for applied in [true, false] {
            known.push(self.quotas(&aws, applied).await.map_err(|e| e.diag(&attempted))?);
            if named(&known, &name).is_some() {
                break;
            }
        }
        let Some(quota) = named(&known, &name) else { return Err(unknown(&known, &name, &found, &aws).into()) };
        found.in_use = in_use::count(cx, &aws, &found.usage, &found.instance_type).await.map_err(|failure| {
            failure.diags("count the instances that are in use", &ServiceQuota::shared().object, &config)
        })?;
        found.quota_name = Some(name);
        found.quota_code = quota.quota_code().map(str::to_owned);
        found.arn = quota.quota_arn().map(str::to_owned);
        found.value = quota.value();
        found.adjustable = Some(quota.adjustable());
        found.available = found.value.zip(found.in_use).map(|(value, in_use)| value - in_use as f64);
        Ok(found.into_value())
    }
}

impl ServiceQuotaSource {
    /// SageMaker's quotas in a region: those applied to the account, or AWS's defaults. Whoever asks meanwhile waits for the
    /// same list, which has thousands of entries.
    async fn quotas(&self, aws: &Regional, applied: bool) -> Result<Quotas, AwsError> {
        let mut read = self.read.lock().await;
        let key = (aws.region().to_owned(), applied);
        if let Some(known) = read.get(&key) {
            return Ok(known.clone());
        }
        let mut quotas = Vec::new();
        if applied {
            let list = aws.service_quotas().list_service_quotas().service_code("sagemaker");
            let mut pages = list.into_paginator().page_size(100).items().send();
            while let Some(quota) = pages.next().await {
                quotas.push(quota.map_err(|e| aws_error("Service Quotas", "ListServiceQuotas", e))?);
            }
        } else {
            let list = aws.service_quotas().list_aws_default_service_quotas().service_code("sagemaker");
            let mut pages = list.into_paginator().page_size(100).items().send();
            while let Some(quota) = pages.next().await {
                quotas.push(quota.map_err(|e| aws_error("Service Quotas", "ListAWSDefaultServiceQuotas", e))?);
            }
        }
        let quotas = Arc::new(quotas);
        read.insert(key, quotas.clone());
        Ok(quotas)
    }
}

/// The name that Service Quotas gives the quota.
fn name_of(usage: &str, instance_type: &str) -> String {
    let kind = match usage {
        "endpoint" | "training warm pool" => "",
        "notebook" => " instance",
        _ => " job",
    };
    format!("{instance_type} for {usage}{kind} usage")
}

fn named<'a>(known: &'a [Quotas], name: &str) -> Option<&'a Quota> {
    known.iter().flat_map(|quotas| quotas.iter()).find(|quota| quota.quota_name() == Some(name))
}

/// The error for a quota that does not exist, with those that the instance type has.
fn unknown(known: &[Quotas], name: &str, wanted: &ServiceQuota, aws: &Regional) -> Diag {
    let of_type = format!("{} for ", wanted.instance_type);
    let all = known.iter().flat_map(|quotas| quotas.iter()).filter_map(Quota::quota_name);
    let mut others: Vec<&str> = all.filter(|name| name.starts_with(&of_type)).collect();
    others.sort_unstable();
    others.dedup();
    let region = aws.region();
    let advice = if others.is_empty() {
        format!("No quota in {region} names the instance type {:?}: check its spelling.", wanted.instance_type)
    } else {
        format!("The instance type has these quotas in {region}: {}.", others.join(", "))
    };
    Diag::error("No such quota", format!("Service Quotas has no quota {name:?} of SageMaker in {region}. {advice}"))
        .at(Path::of(ServiceQuota::INSTANCE_TYPE))
}

#[cfg(test)]
mod tests;
