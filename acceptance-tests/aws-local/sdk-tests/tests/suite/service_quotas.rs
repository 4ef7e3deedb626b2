//! Service Quotas.

use crate::harness::client;

#[tokio::test]
async fn quotas_of_sagemaker_are_listed() {
    let quotas = client!(aws_sdk_servicequotas);
    let list = quotas.list_service_quotas().service_code("sagemaker").into_paginator().page_size(100).send();
    let pages = list.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert!(pages.len() > 1);
    let mut all = pages.iter().flat_map(|p| p.quotas());
    let quota = all.find(|q| q.quota_name.as_deref() == Some("ml.m5.large for endpoint usage")).unwrap();
    let code = quota.quota_code.as_deref().unwrap();
    let one = quotas.get_service_quota().service_code("sagemaker").quota_code(code).send().await.unwrap();
    assert_eq!(one.quota.as_ref(), Some(quota));
    assert!(quota.value.is_some());
    let absent = quotas.get_service_quota().service_code("sagemaker").quota_code("L-00000000").send().await;
    assert!(absent.unwrap_err().into_service_error().is_no_such_resource_exception());
}
