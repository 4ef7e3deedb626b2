//! `mlops_anomaly_detector`: what CloudWatch learns of a metric, for alarms with a band.
//!
//! Quirks of the API: a detector has no name and no ARN, and nothing says when it was made; one operation creates and
//! replaces; an alarm with a band makes one by itself. Source: CloudWatch API reference, PutAnomalyDetector.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diags, Result};
use tfplug::model::{Model, Root};
use tfplug::plan::Plan;
use tfplug::validator::Validator;
use tfplug::value::{Path, Value};

use crate::aws::client::Aws;
use crate::aws::operation::error;
use crate::engine::key::{self, ArnForm, Key};
use crate::engine::{Adopts, Create, Declared, Delete, Hooks, Read, UpdateBy};
use crate::services::anomaly_detectors::{
    DELETE_ANOMALY_DETECTOR, DESCRIBE_ANOMALY_DETECTOR, PUT_ANOMALY_DETECTOR, UPDATE_ANOMALY_DETECTOR, in_api,
    in_one_order, metric_of,
};
use crate::shapes::anomaly_detector::{DetectorConfiguration, MetricCharacteristics, MetricMath, SingleMetric, check};

/// An anomaly detector of CloudWatch: a model of a metric, or of an expression over metrics, that learns which values are
/// normal. Alarms with an `ANOMALY_DETECTION_BAND` of the metric use it.
///
/// CloudWatch makes a detector by itself for an alarm with a band that has none. Such a detector is adopted, and the plan says so.
#[derive(Clone, Debug, Model)]
#[tf(
    name = "anomaly_detector",
    subcategory = "Observability",
    timeouts(create = "5m", update = "5m", delete = "5m"),
    identity("metric", optional("region"), derived("account_id")),
    exactly_one_of("single_metric_anomaly_detector", "metric_math_anomaly_detector")
)]
pub struct AnomalyDetector {
    /// AWS Region. Defaults to the region of the provider.
    #[tf(optional, computed, provider_only, requires_replace)]
    region: Option<String>,
    /// Metric that the detector watches.
    #[tf(optional, requires_replace)]
    single_metric_anomaly_detector: Option<SingleMetric>,
    /// Expression over metrics that the detector watches.
    #[tf(optional, requires_replace)]
    metric_math_anomaly_detector: Option<MetricMath>,
    #[tf(optional)]
    configuration: Option<DetectorConfiguration>,
    #[tf(optional)]
    metric_characteristics: Option<MetricCharacteristics>,
    /// What a destroy does: `delete` deletes the detector, `retain` leaves it alone. Defaults to `delete` for a detector that
    /// Terraform created, and to `retain` for one that it adopted.
    #[tf(optional, provider_only, validate(Validator::OneOf(&["delete", "retain"])))]
    on_destroy: Option<String>,
    /// Whether the detector existed before Terraform, and was adopted.
    #[tf(computed, provider_only, use_state_for_unknown)]
    adopted: Option<bool>,
    /// What the detector watches, as one text: `NAMESPACE/METRIC/NAME=VALUE,.../STATISTIC`, or `metric-math/` and a hash.
    #[tf(computed, planned, provider_only, use_state_for_unknown)]
    metric: Option<String>,
    /// ID of the detector.
    #[tf(computed, use_state_for_unknown)]
    anomaly_detector_id: Option<String>,
}

/// The declaration.
pub static ANOMALY_DETECTOR: Declared = Declared {
    key: Key { attribute: AnomalyDetector::METRIC, member: Some("metric_name"), ..key::NAME },
    updates: &[UpdateBy::new(UPDATE_ANOMALY_DETECTOR, SENT)],
    adopts: Some(Adopts {
        may: |_| true,
        note: "It may be the one that CloudWatch has made for an alarm with a band.",
    }),
    hooks: &DetectorHooks,
    omitted: &[
        ("namespace", OLD),
        ("metric_name", OLD),
        ("dimensions", OLD),
        ("stat", OLD),
        ("anomaly_detector_ids", SOUGHT),
        ("anomaly_detector_types", SOUGHT),
        ("max_results", SOUGHT),
        ("next_token", SOUGHT),
    ],
    ..Declared::named(
        "anomaly detector",
        AnomalyDetector::shared,
        // It has none.
        ArnForm::regional("cloudwatch", "anomaly-detector/{id}"),
        Create { operation: PUT_ANOMALY_DETECTOR, arn: None, exists: &[], retryable: &[] },
        Read {
            within: Some("anomaly_detectors[0]"),
            created: None,
            // No detector has this ID. Source: the service model, DescribeAnomalyDetectors.
            ..Read::by(DESCRIBE_ANOMALY_DETECTOR, &[error("ResourceNotFoundException", "")])
        },
        Delete::by(DELETE_ANOMALY_DETECTOR, &[]),
    )
};

const SOUGHT: &str = "how a description is sought, which follows from the metric";
const OLD: &str = "the former way to say what single_metric_anomaly_detector says";
/// It replaces the whole configuration.
const SENT: &[&str] = &[AnomalyDetector::CONFIGURATION, AnomalyDetector::METRIC_CHARACTERISTICS];

struct DetectorHooks;

#[async_trait]
impl Hooks for DetectorHooks {
    fn check_config(&self, config: &Value) -> Diags {
        let of = |name| (config.attribute(name), name);
        check(of(AnomalyDetector::METRIC_MATH_ANOMALY_DETECTOR), of(AnomalyDetector::CONFIGURATION))
    }

    async fn plan(&self, _: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        if let (true, Some(metric)) = (plan.is_create(), metric_of(plan.planned())) {
            plan.set(AnomalyDetector::METRIC, Value::from(metric));
        }
        Ok(())
    }

    /// The AWS CLI takes what the detector watches.
    fn delete_options(&self, planned: &Value) -> Option<String> {
        let watched = [AnomalyDetector::SINGLE_METRIC_ANOMALY_DETECTOR, AnomalyDetector::METRIC_MATH_ANOMALY_DETECTOR];
        let (option, metric) =
            watched.iter().map(|name| (name, planned.attribute(name))).find(|(_, m)| !m.is_null())?;
        let quoted = in_api(metric).to_string().replace('\'', r"'\''");
        Some(format!(" --{} '{quoted}'", option.replace('_', "-")))
    }

    fn complete(&self, _: &Aws, planned: &mut Value) {
        planned.set_attribute(AnomalyDetector::METRIC, Value::from(metric_of(planned)));
    }

    fn adapt(&self, input: &mut Value) {
        let ordered = in_one_order(input.attribute(AnomalyDetector::SINGLE_METRIC_ANOMALY_DETECTOR));
        input.set_attribute(AnomalyDetector::SINGLE_METRIC_ANOMALY_DETECTOR, ordered);
    }

    /// An import may know only the ID; and the account is not described where it is the own one.
    fn after_read(&self, description: &Value, state: &Value, value: &mut Value) {
        if state.attribute(AnomalyDetector::ANOMALY_DETECTOR_ID).is_null() {
            value.set_attribute(AnomalyDetector::METRIC, description.attribute("metric_name").clone());
        }
        let account = Path::of(AnomalyDetector::SINGLE_METRIC_ANOMALY_DETECTOR).attribute(SingleMetric::ACCOUNT_ID);
        if let (Some(known), Some(slot)) = (state.at(&account), value.at_mut(&account))
            && slot.is_null()
        {
            *slot = known.clone();
        }
    }
}
