//! `mlops_cost_estimate`: what instances cost, by AWS's price list.
//!
//! A product of the price list is found by its region, its component (what the instance is used for) and the name of the
//! instance type. There may be several, some of which cost nothing, such as what a free tier covers: the highest price counts.
//! Source: AWS Price List API reference, GetProducts.

mod price;

use std::collections::BTreeMap;

use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::{Model, Root};
use tfplug::resource::DataSource;
use tfplug::schema::Schema;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use self::price::{Price, look_up};
use crate::aws::client::Aws;
use crate::shapes::instances::INSTANCE_TYPE;

/// Hours of a month, the twelfth part of 365 days.
const HOURS_PER_MONTH: f64 = 730.0;

/// What instances of endpoints, notebook instances and jobs cost in an hour and in a month, by AWS's price list. The plan
/// shows it as an output, and a precondition or a `check` block can compare it with a budget.
///
/// The prices are those of on-demand instances without discounts, Savings Plans and taxes. Storage, data transfer, serverless
/// inference and spot instances are not in them. The price list is read with `pricing:GetProducts`, which AWS offers in few
/// Regions: the provider calls the one of its partition. The partition of AWS GovCloud (US) has none.
#[derive(Clone, Debug, Model)]
#[tf(name = "cost_estimate", subcategory = "Cost")]
pub struct CostEstimate {
    /// Region in which the instances run. Defaults to the provider's region.
    #[tf(optional)]
    region: Option<String>,
    #[tf(required, validate(Validator::Count { min: 1, max: 100 }))]
    items: BTreeMap<String, Item>,
    /// Cost of an hour in which all instances run.
    #[tf(computed)]
    hourly_cost: Option<f64>,
    /// Cost of a month in which the instances of each item run for its `hours_per_month`.
    #[tf(computed)]
    monthly_cost: Option<f64>,
    /// Currency of the prices: `USD`, or `CNY` in China.
    #[tf(computed)]
    currency: Option<String>,
    /// When the newest of the prices took effect, in RFC 3339 format.
    #[tf(computed)]
    effective_date: Option<String>,
}

/// Instances whose costs are estimated, by names of your choice.
#[derive(Clone, Debug, Model)]
pub struct Item {
    /// What the instances are used for: `endpoint`, `notebook`, `processing`, `training` or `transform`.
    #[tf(required, validate(Validator::OneOf(&["endpoint", "notebook", "processing", "training", "transform"])))]
    usage: String,
    /// ML compute instance type, for example `ml.m5.large`.
    #[tf(required, validate(INSTANCE_TYPE))]
    instance_type: String,
    /// Number of instances. Defaults to 1.
    #[tf(optional, computed, default = 1, validate(Validator::Range { min: 0, max: 10_000 }))]
    instance_count: i64,
    /// Hours in a month in which the instances run, 0 to 744. Required for jobs. Defaults to 730, the whole month, for
    /// endpoints and notebook instances.
    #[tf(optional, computed, validate(Validator::Range { min: 0, max: 744 }))]
    hours_per_month: Option<f64>,
    /// Price of one instance in an hour.
    #[tf(computed)]
    hourly_price: Option<f64>,
    /// Cost of an hour in which all instances of the item run.
    #[tf(computed)]
    hourly_cost: Option<f64>,
    /// Cost of a month.
    #[tf(computed)]
    monthly_cost: Option<f64>,
    /// When the price took effect, in RFC 3339 format.
    #[tf(computed)]
    effective_date: Option<String>,
}

/// The data source.
pub struct CostEstimateSource;

#[async_trait]
impl DataSource<Aws> for CostEstimateSource {
    fn schema(&self) -> Schema {
        CostEstimate::schema()
    }

    /// A job that ran the whole month would be the exception.
    fn check_config(&self, config: &Value) -> Diags {
        let items = config.attribute(CostEstimate::ITEMS).as_entries().into_iter().flatten();
        let lacking = items.filter(|(_, item)| {
            let is_job = matches!(item.attribute(Item::USAGE).as_str(), Some("processing" | "training" | "transform"));
            is_job && item.attribute(Item::HOURS_PER_MONTH).is_null()
        });
        let told = lacking.map(|(name, item)| {
            let usage = item.attribute(Item::USAGE).as_str().unwrap_or_default();
            let detail = format!(
                "The item {name:?} is a job (`usage = {usage:?}`): set `hours_per_month` to the hours in which such jobs run in a \
                 month."
            );
            let at = Path::of(CostEstimate::ITEMS).key(name).attribute(Item::HOURS_PER_MONTH);
            Diag::error("Missing hours of a job", detail).at(at)
        });
        Diags(told.collect())
    }

    async fn read(&self, cx: &Context<Aws>, config: Value) -> Result<Value> {
        let mut estimate = CostEstimate::from_value(&config, &Path::root())?;
        let aws = cx.client()?;
        let region = aws.region(estimate.region.as_deref()).region().to_owned();
        let mut known: BTreeMap<(String, String), Price> = BTreeMap::new();
        let (mut hourly, mut monthly) = (0.0, 0.0);
        for (name, item) in &mut estimate.items {
            let key = (item.usage.clone(), item.instance_type.clone());
            let price = match known.get(&key) {
                Some(price) => price.clone(),
                None => {
                    let at = Path::of(CostEstimate::ITEMS).key(name).attribute(Item::INSTANCE_TYPE);
                    let found = look_up(aws, &region, &item.usage, &item.instance_type).await;
                    let price = found.map_err(|diag| if diag.path == Path::root() { diag.at(at) } else { diag })?;
                    known.insert(key, price.clone());
                    price
                }
            };
            let hours = item.hours_per_month.unwrap_or(HOURS_PER_MONTH);
            let cost = price.amount * item.instance_count as f64;
            hourly += cost;
            monthly += cost * hours;
            item.hours_per_month = Some(hours);
            item.hourly_price = Some(price.amount);
            item.hourly_cost = Some(rounded(cost));
            item.monthly_cost = Some(rounded(cost * hours));
            item.effective_date = Some(price.effective_date);
            estimate.currency = Some(price.currency);
        }
        estimate.hourly_cost = Some(rounded(hourly));
        estimate.monthly_cost = Some(rounded(monthly));
        estimate.effective_date = known.into_values().map(|price| price.effective_date).max();
        Ok(estimate.into_value())
    }
}

/// Without what binary fractions add to decimal prices.
fn rounded(cost: f64) -> f64 {
    (cost * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests;
