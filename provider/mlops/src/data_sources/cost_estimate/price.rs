//! One price of the price list.

use aws_sdk_pricing::types::{Filter, FilterType};
use serde_json::Value as Json;
use tfplug::diag::{Diag, Result};

use crate::aws::client::Aws;
use crate::aws::error::aws_error;

/// The region of each partition whose Price List is called. Source: botocore 1.44.5, endpoints.json, `api.pricing`.
const REGIONS: [(&str, &str); 7] = [
    ("aws", "us-east-1"),
    ("aws-cn", "cn-northwest-1"),
    ("aws-eusc", "eusc-de-east-1"),
    ("aws-iso", "us-iso-east-1"),
    ("aws-iso-b", "us-isob-east-1"),
    ("aws-iso-e", "eu-isoe-west-1"),
    ("aws-iso-f", "us-isof-south-1"),
];

/// What an hour of an instance costs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Price {
    /// In the currency.
    pub(super) amount: f64,
    /// Its code: `USD`.
    pub(super) currency: String,
    /// Since when, in RFC 3339 format.
    pub(super) effective_date: String,
}

/// What AWS calls a use in the price list.
fn component(usage: &str) -> &'static str {
    match usage {
        "endpoint" => "Hosting",
        "notebook" => "Notebook",
        "processing" => "Processing",
        "training" => "Training",
        _ => "Batch Transform",
    }
}

/// Looks a price up. A diagnostic without a path is about the instance type.
pub(super) async fn look_up(aws: &Aws, region: &str, usage: &str, instance_type: &str) -> Result<Price, Diag> {
    let component = component(usage);
    let attempted = format!("read the price of {instance_type} for {component} in {region}");
    let partition = aws.partition(region);
    let Some((_, place)) = REGIONS.iter().find(|(id, _)| *id == partition) else {
        let detail = format!(
            "The region {region} is in the partition {partition}, where AWS offers no Price List service, and the \
             credentials of one partition are not valid in another."
        );
        return Err(Diag::error(format!("Could not {attempted}"), detail));
    };
    let mut request = aws.region(Some(place)).pricing().get_products().service_code("AmazonSageMaker");
    for (field, value) in [("regionCode", region), ("component", component), ("instanceName", instance_type)] {
        let filter = Filter::builder().r#type(FilterType::TermMatch).field(field).value(value).build();
        request = request.filters(filter.map_err(|e| Diag::bug("A filter of the price list", e))?);
    }
    let mut products = request.into_paginator().page_size(100).items().send();
    let mut highest: Option<Price> = None;
    while let Some(product) = products.next().await {
        let product = product.map_err(|e| aws_error("Pricing", "GetProducts", e).diag(&attempted))?;
        for price in prices(&product) {
            if highest.as_ref().is_none_or(|known| known.amount < price.amount) {
                highest = Some(price);
            }
        }
    }
    highest.ok_or_else(|| {
        let detail = format!(
            "AWS's price list has no hourly price of {instance_type} for {component} in {region}. Check that SageMaker offers \
             the instance type for this use in the region."
        );
        Diag::error(format!("Could not {attempted}"), detail)
    })
}

/// The hourly on-demand prices of a product that are not zero.
pub(super) fn prices(product: &str) -> Vec<Price> {
    let product: Json = serde_json::from_str(product).unwrap_or_default();
    let terms = product["terms"]["OnDemand"].as_object().into_iter().flat_map(|terms| terms.values());
    let of_term = |term: &Json| {
        let effective_date = term["effectiveDate"].as_str().unwrap_or_default().to_owned();
        let dimensions = term["priceDimensions"].as_object().into_iter().flat_map(|all| all.values());
        let hourly =
            dimensions.filter(|dimension| dimension["unit"].as_str().is_some_and(|unit| unit.starts_with("H")));
        let amounts = hourly.flat_map(|dimension| dimension["pricePerUnit"].as_object().into_iter().flatten());
        let prices = amounts.filter_map(|(currency, amount)| {
            let amount: f64 = amount.as_str()?.parse().ok()?;
            Some(Price { amount, currency: currency.clone(), effective_date: effective_date.clone() })
        });
        prices.filter(|price| price.amount > 0.0).collect::<Vec<_>>()
    };
    terms.flat_map(of_term).collect()
}
