//! Prices of a stand-in for Price List.

use serde_json::json;

use super::price::prices;
use super::*;
use crate::testing::{Answer, Asked, Offer, Stub, terraform};

fn product(unit: &str, amount: &str, date: &str) -> String {
    let dimension = json!({ "unit": unit, "pricePerUnit": { "USD": amount } });
    let term = json!({ "effectiveDate": date, "priceDimensions": { "d": dimension } });
    json!({ "terms": { "OnDemand": { "t": term } } }).to_string()
}

fn respond(asked: &Asked) -> Answer {
    let body = String::from_utf8_lossy(&asked.body).into_owned();
    let products = if body.contains("ml.m5.large") {
        vec![
            product("Hrs", "0.0000000000", "2026-09-01T00:00:00Z"),
            product("Hrs", "0.1150000000", "2026-05-01T00:00:00Z"),
            product("GB-Mo", "9.0000000000", "2026-09-01T00:00:00Z"),
        ]
    } else {
        vec![]
    };
    Answer(200, vec![], json!({ "FormatVersion": "aws_v1", "PriceList": products }).to_string())
}

fn offer() -> Offer {
    Offer { data_sources: Some(|| vec![Box::new(CostEstimateSource)]), ..Offer::default() }
}

fn config(items: &[(&str, &str, &str, Option<i64>)]) -> Value {
    let item = |(name, usage, instance_type, hours): &(&str, &str, &str, Option<i64>)| {
        let mut item = Item::object().null_value();
        item.set_attribute(Item::USAGE, Value::from(*usage));
        item.set_attribute(Item::INSTANCE_TYPE, Value::from(*instance_type));
        item.set_attribute(Item::INSTANCE_COUNT, Value::from(3));
        item.set_attribute(Item::HOURS_PER_MONTH, hours.map_or(Value::Null, Value::from));
        ((*name).to_owned(), item)
    };
    let mut config = CostEstimate::object().null_value();
    config.set_attribute(CostEstimate::ITEMS, Value::Map(items.iter().map(item).collect()));
    config
}

#[tokio::test]
async fn the_highest_hourly_price_counts_and_is_read_once_from_the_region_of_the_partition() {
    let stub = Stub::start(respond).await;
    let mut terraform = terraform(&stub.url, offer()).await;
    let mut wanted = config(&[("a", "endpoint", "ml.m5.large", None), ("b", "endpoint", "ml.m5.large", Some(10))]);
    for (region, place) in [("eu-west-1", "us-east-1"), ("cn-north-1", "cn-northwest-1")] {
        wanted.set_attribute(CostEstimate::REGION, Value::from(region));
        let read = terraform.read_data("mlops_cost_estimate", &wanted).await.good();
        let read = CostEstimate::from_value(&read, &Path::root()).unwrap();
        assert_eq!(read.hourly_cost, Some(0.69));
        assert_eq!(read.monthly_cost, Some(255.3));
        assert_eq!(read.items["a"].monthly_cost, Some(251.85));
        assert_eq!(read.items["b"].hours_per_month, Some(10.0));
        assert_eq!(read.effective_date.as_deref(), Some("2026-05-01T00:00:00Z"));
        let asked = stub.take();
        assert_eq!(asked.len(), 1);
        let signed = asked[0].headers.iter().find(|(name, _)| name == "authorization").unwrap();
        assert!(signed.1.contains(&format!("/{place}/pricing/")), "{}", signed.1);
        assert!(String::from_utf8_lossy(&asked[0].body).contains(region));
    }
}

#[tokio::test]
async fn what_has_no_price_is_an_error_and_not_free_of_charge() {
    let stub = Stub::start(respond).await;
    let mut terraform = terraform(&stub.url, offer()).await;
    let wanted = config(&[("a", "endpoint", "ml.m5.huge", None)]);
    let errors = terraform.read_data("mlops_cost_estimate", &wanted).await.errors();
    assert!(
        errors[0].detail.contains("no hourly price of ml.m5.huge for Hosting in us-east-1"),
        "{}",
        errors[0].detail
    );
    let mut wanted = config(&[("a", "endpoint", "ml.m5.large", None)]);
    wanted.set_attribute(CostEstimate::REGION, Value::from("us-gov-west-1"));
    stub.take();
    let errors = terraform.read_data("mlops_cost_estimate", &wanted).await.errors();
    assert!(errors[0].detail.contains("partition aws-us-gov"), "{}", errors[0].detail);
    assert_eq!(stub.take().len(), 0);
}

#[test]
fn what_is_no_price_list_has_no_prices() {
    for text in ["", "{", "[]", "{}", r#"{"terms":{"OnDemand":[]}}"#] {
        assert_eq!(prices(text), vec![], "{text}");
    }
    assert_eq!(prices(&product("Hrs", "much", "")), vec![]);
}
