//! CloudWatch, which the SDK for Rust speaks to in Smithy's rpc-v2-cbor and boto3 in JSON.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    AlarmType, ComparisonOperator, Dimension, Metric, MetricDataQuery, MetricDatum, MetricStat, StandardUnit,
    StateValue, Statistic, Tag,
};
use aws_sdk_cloudwatch::{Client, types::HistoryItemType};

use crate::harness::{ACCOUNT, client, eventually};

const NAMESPACE: &str = "Sdk/Tests";

async fn put_alarm(cloudwatch: &Client, name: &str) {
    cloudwatch
        .put_metric_alarm()
        .alarm_name(name)
        .alarm_description("é & <b>")
        .namespace(NAMESPACE)
        .metric_name("latency")
        .dimensions(Dimension::builder().name("endpoint").value(name).build())
        .statistic(Statistic::Maximum)
        .period(60)
        .evaluation_periods(1)
        .threshold(0.1)
        .comparison_operator(ComparisonOperator::GreaterThanThreshold)
        .treat_missing_data("notBreaching")
        .tags(Tag::builder().key("team").value("ml").build())
        .send()
        .await
        .unwrap();
}

async fn put_latency(cloudwatch: &Client, endpoint: &str, values: impl IntoIterator<Item = f64>) {
    let datum = |value| {
        let datum = MetricDatum::builder().metric_name("latency").value(value).unit(StandardUnit::Seconds);
        let datum = datum.dimensions(Dimension::builder().name("endpoint").value(endpoint).build());
        datum.timestamp(DateTime::from(SystemTime::now())).build()
    };
    let data = values.into_iter().map(datum).collect();
    cloudwatch.put_metric_data().namespace(NAMESPACE).set_metric_data(Some(data)).send().await.unwrap();
}

#[tokio::test]
async fn alarms_go_off_and_composite_ones_with_them() {
    let (cloudwatch, name, both) = (client!(aws_sdk_cloudwatch), "sdk-alarm", "sdk-composite");
    put_alarm(&cloudwatch, name).await;
    let composite = cloudwatch.put_composite_alarm().alarm_name(both).alarm_rule(format!("ALARM(\"{name}\")"));
    composite.send().await.unwrap();
    let read = async |alarm_type: AlarmType| {
        let call = cloudwatch.describe_alarms().alarm_name_prefix("sdk-").alarm_types(alarm_type);
        call.send().await.unwrap()
    };
    let of = read(AlarmType::MetricAlarm).await;
    let alarm = of.metric_alarms().iter().find(|a| a.alarm_name.as_deref() == Some(name)).unwrap();
    assert!(of.composite_alarms().is_empty());
    assert_eq!((alarm.alarm_description.as_deref(), alarm.threshold), (Some("é & <b>"), Some(0.1)));
    let arn = format!("arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:{name}");
    assert_eq!(alarm.alarm_arn.as_deref(), Some(arn.as_str()));
    assert!(alarm.alarm_configuration_updated_timestamp.is_some());

    put_latency(&cloudwatch, name, [0.5]).await;
    eventually("both alarms go off", async || {
        let both_of = cloudwatch.describe_alarms().alarm_names(name).alarm_names(both);
        let both_of = both_of.alarm_types(AlarmType::MetricAlarm).alarm_types(AlarmType::CompositeAlarm);
        let both_of = both_of.send().await.unwrap();
        let states = [&both_of.metric_alarms()[0].state_value, &both_of.composite_alarms()[0].state_value];
        (states == [&Some(StateValue::Alarm); 2]).then_some(())
    })
    .await;
    let history = cloudwatch.describe_alarm_history().alarm_name(name).history_item_type(HistoryItemType::StateUpdate);
    let history = history.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    assert!(
        history.iter().any(|i| i.history_summary.as_deref().is_some_and(|s| s.ends_with("to ALARM"))),
        "{history:?}"
    );

    cloudwatch.untag_resource().resource_arn(&arn).tag_keys("team").send().await.unwrap();
    let tag = Tag::builder().key("stage").value("test").build();
    cloudwatch.tag_resource().resource_arn(&arn).tags(tag.clone()).send().await.unwrap();
    assert_eq!(cloudwatch.list_tags_for_resource().resource_arn(&arn).send().await.unwrap().tags(), [tag]);

    let bad = cloudwatch.set_alarm_state().alarm_name("absent").state_value(StateValue::Ok).state_reason("x").send();
    assert!(bad.await.unwrap_err().into_service_error().is_resource_not_found());
    cloudwatch.delete_alarms().alarm_names(both).send().await.unwrap();
    cloudwatch.delete_alarms().alarm_names(name).send().await.unwrap();
    assert!(read(AlarmType::CompositeAlarm).await.composite_alarms().is_empty());
}

#[tokio::test]
async fn alarms_come_in_pages() {
    let cloudwatch = client!(aws_sdk_cloudwatch);
    let names: Vec<_> = (0..5).map(|i| format!("paged-{i}")).collect();
    for name in &names {
        put_alarm(&cloudwatch, name).await;
    }
    let pages = cloudwatch.describe_alarms().alarm_name_prefix("paged-").into_paginator().page_size(2).send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
    let found: Vec<Vec<_>> =
        pages.iter().map(|p| p.metric_alarms().iter().filter_map(|a| a.alarm_name.clone()).collect()).collect();
    assert_eq!(found, [names[..2].to_vec(), names[2..4].to_vec(), names[4..].to_vec()]);
    cloudwatch.delete_alarms().set_alarm_names(Some(names)).send().await.unwrap();
}

#[tokio::test]
async fn metrics_are_put_and_computed_with() {
    let cloudwatch = client!(aws_sdk_cloudwatch);
    // More than 10 kB, so that the SDK compresses the request.
    put_latency(&cloudwatch, "computed", (0..400).map(|i| f64::from(i) / 8.0)).await;
    let metrics = cloudwatch.list_metrics().namespace(NAMESPACE).metric_name("latency").into_paginator().send();
    let metrics = metrics.collect::<Result<Vec<_>, _>>().await.unwrap();
    let metrics: Vec<_> = metrics.iter().flat_map(|page| page.metrics()).collect();
    assert!(metrics.iter().any(|m| m.dimensions()[0].value.as_deref() == Some("computed")), "{metrics:?}");
    let metric = Metric::builder().namespace(NAMESPACE).metric_name("latency");
    let metric = metric.dimensions(Dimension::builder().name("endpoint").value("computed").build()).build();
    let stat = MetricStat::builder().metric(metric).period(3600).stat("Maximum").build();
    let now = SystemTime::now();
    let data = cloudwatch
        .get_metric_data()
        .metric_data_queries(MetricDataQuery::builder().id("m").metric_stat(stat).return_data(false).build())
        .metric_data_queries(MetricDataQuery::builder().id("e").expression("m * 2").label("twice").build())
        .start_time(DateTime::from(now - Duration::from_secs(7200)))
        .end_time(DateTime::from(now + Duration::from_secs(3600)))
        .send()
        .await
        .unwrap();
    let results = data.metric_data_results();
    assert_eq!(results.len(), 1);
    assert_eq!((results[0].label.as_deref(), results[0].values()), (Some("twice"), [99.75].as_slice()));
    let statistics = cloudwatch
        .get_metric_statistics()
        .namespace(NAMESPACE)
        .metric_name("latency")
        .dimensions(Dimension::builder().name("endpoint").value("computed").build())
        .start_time(DateTime::from(now - Duration::from_secs(7200)))
        .end_time(DateTime::from(now + Duration::from_secs(3600)))
        .period(86_400)
        .statistics(Statistic::SampleCount)
        .send()
        .await
        .unwrap();
    assert_eq!(statistics.datapoints()[0].sample_count, Some(400.0));
}

#[tokio::test]
async fn dashboards_are_kept() {
    let (cloudwatch, name) = (client!(aws_sdk_cloudwatch), "sdk-dashboard");
    let body = r##"{"widgets":[{"type":"text","width":6,"height":3,"properties":{"markdown":"# é"}}]}"##;
    let put = cloudwatch.put_dashboard().dashboard_name(name).dashboard_body(body).send().await.unwrap();
    assert!(put.dashboard_validation_messages().is_empty());
    let read = cloudwatch.get_dashboard().dashboard_name(name).send().await.unwrap();
    assert_eq!(read.dashboard_body.as_deref(), Some(body));
    assert_eq!(read.dashboard_arn, Some(format!("arn:aws:cloudwatch::{ACCOUNT}:dashboard/{name}")));
    let list = cloudwatch.list_dashboards().dashboard_name_prefix("sdk-").into_paginator().items().send();
    assert_eq!(list.collect::<Result<Vec<_>, _>>().await.unwrap().len(), 1);
    cloudwatch.delete_dashboards().dashboard_names(name).send().await.unwrap();
    let gone = cloudwatch.get_dashboard().dashboard_name(name).send().await.unwrap_err().into_service_error();
    assert!(gone.is_dashboard_not_found_error(), "{gone:?}");
}
