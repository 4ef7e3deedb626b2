//! Quotas of a stand-in for Service Quotas, which has two pages of applied quotas and one of defaults.

use super::*;
use crate::testing::{Answer, Asked, Offer, Stub, Terraform, terraform};

fn quota(name: &str, value: f64) -> String {
    format!(r#"{{"QuotaName":"{name}","QuotaCode":"L-1","QuotaArn":"arn:q","Value":{value},"Adjustable":true}}"#)
}

fn respond(asked: &Asked) -> Answer {
    let target = asked.headers.iter().find(|(name, _)| name == "x-amz-target").map(|(_, target)| target.as_str());
    let first = !String::from_utf8_lossy(&asked.body).contains("NextToken");
    let body = match target.and_then(|target| target.split('.').nth(1)) {
        Some("ListServiceQuotas") if first => {
            format!(r#"{{"Quotas":[{}],"NextToken":"2"}}"#, quota("ml.m5.large for endpoint usage", 4.0))
        }
        Some("ListServiceQuotas") => {
            format!(r#"{{"Quotas":[{}]}}"#, quota("ml.m5.large for training warm pool usage", 3.0))
        }
        Some("ListAWSDefaultServiceQuotas") => {
            format!(r#"{{"Quotas":[{}]}}"#, quota("ml.m5.xlarge for training warm pool usage", 0.0))
        }
        other => panic!("{other:?}"),
    };
    Answer(200, vec![("content-type", "application/x-amz-json-1.1".to_owned())], body)
}

fn offer() -> Offer {
    Offer { data_sources: Some(|| vec![Box::new(ServiceQuotaSource::default())]), ..Offer::default() }
}

fn config(instance_type: &str) -> Value {
    let mut config = ServiceQuota::object().null_value();
    config.set_attribute(ServiceQuota::USAGE, Value::from("training warm pool"));
    config.set_attribute(ServiceQuota::INSTANCE_TYPE, Value::from(instance_type));
    config
}

async fn value(terraform: &mut Terraform, instance_type: &str) -> Value {
    let read = terraform.read_data("mlops_service_quota", &config(instance_type)).await.good();
    assert!(read.attribute(ServiceQuota::IN_USE).is_null() && read.attribute(ServiceQuota::AVAILABLE).is_null());
    assert_eq!(read.attribute(ServiceQuota::QUOTA_CODE), &Value::from("L-1"));
    read.attribute(ServiceQuota::VALUE).clone()
}

#[tokio::test]
async fn the_list_is_read_once_and_the_defaults_only_where_it_lacks_a_quota() {
    let stub = Stub::start(respond).await;
    let mut terraform = terraform(&stub.url, offer()).await;
    assert_eq!(value(&mut terraform, "ml.m5.large").await, Value::from(3));
    assert_eq!(stub.take().len(), 2, "two pages");
    assert_eq!(value(&mut terraform, "ml.m5.large").await, Value::from(3));
    assert_eq!(stub.take().len(), 0);
    assert_eq!(value(&mut terraform, "ml.m5.xlarge").await, Value::from(0));
    assert_eq!(stub.take().len(), 1, "the defaults");
}

#[tokio::test]
async fn a_quota_that_does_not_exist_is_an_error_that_names_those_of_the_instance_type() {
    let stub = Stub::start(respond).await;
    let mut terraform = terraform(&stub.url, offer()).await;
    let mut wanted = config("ml.m5.large");
    wanted.set_attribute(ServiceQuota::USAGE, Value::from("transform"));
    let errors = terraform.read_data("mlops_service_quota", &wanted).await.errors();
    assert_eq!(errors[0].path, Path::of(ServiceQuota::INSTANCE_TYPE));
    for words in
        ["ml.m5.large for transform job usage", "ml.m5.large for endpoint usage, ml.m5.large for training warm"]
    {
        assert!(errors[0].detail.contains(words), "{}", errors[0].detail);
    }
    wanted.set_attribute(ServiceQuota::INSTANCE_TYPE, Value::from("ml.m5.huge"));
    let errors = terraform.read_data("mlops_service_quota", &wanted).await.errors();
    assert!(errors[0].detail.contains("check its spelling"), "{}", errors[0].detail);
}
