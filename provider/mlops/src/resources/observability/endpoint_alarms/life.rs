//! The life of the alarms of an endpoint: each one lives as a metric alarm does, under the names that the resource gives.

use async_trait::async_trait;
use tfplug::context::{Context, Stop};
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::{Model, Root};
use tfplug::plan::Plan;
use tfplug::resource::{Resource, Update};
use tfplug::schema::Schema;
use tfplug::value::{Path, Value};
use tokio::task::JoinSet;

use super::presets::{self, COMMON, Place};
use super::shown::{full, told};
use super::{EndpointAlarm, EndpointAlarms};
use crate::aws::arn::Arn;
use crate::aws::client::Aws;
use crate::aws::operation::{NEVER, call, half_made, stopped};
use crate::aws::{identity, names, tags};
use crate::resources::observability::alarms;
use crate::resources::observability::metric_alarm::{METRIC_ALARM, MetricAlarm};
use crate::services::alarms::DESCRIBE_ALARMS;
use crate::shapes::alarm::ARN;
use crate::shapes::fields::Tagged;
use crate::shapes::metric_query::OneMetric;
use crate::shapes::scaling_policy::MetricDimension;

/// Most characters of an alarm's name. Source: CloudWatch API reference, PutMetricAlarm.
const LONGEST: usize = 255;
/// A pair of maps that say which alarms there are.
const INDEX: [&str; 2] = [EndpointAlarms::ALARM_NAMES, EndpointAlarms::ALARM_ARNS];

/// The resource.
#[derive(Debug)]
pub struct EndpointAlarmsResource;

/// Errors of one alarm, at the attributes that it has in the resource.
fn located(mut diags: Diags, place: &Place) -> Diags {
    for diag in &mut diags.0 {
        let first = diag.path.to_string();
        let first = first.split(['.', '[']).next().unwrap_or_default();
        let own = match first {
            MetricAlarm::NAME => Path::of(EndpointAlarms::ALARM_NAME_PREFIX),
            "" => place.path(),
            common if COMMON.contains(&common) => Path::of(common),
            OneMetric::EXTENDED_STATISTIC => place.path().attribute(EndpointAlarm::STATISTIC),
            own if EndpointAlarm::object().attribute(own).is_some() => place.path().attribute(own),
            _ => place.path(),
        };
        diag.path = own;
    }
    diags
}

/// What the alarms are called and identified by, as far as that is known. `aws` is None while the provider is not configured.
fn index(aws: Option<&Aws>, prior: &Value, all: &mut Value) {
    let places = presets::places(all);
    let open = presets::is_open(all);
    let account = aws.and_then(Aws::known_account_id);
    let region = all.attribute(EndpointAlarms::REGION).as_str();
    let arn = |place: &Place, name: &Value| {
        let known = INDEX.map(|attribute| prior.attribute(attribute).attribute(&place.key()));
        match (name.as_str(), aws, account, region) {
            (Some(_), ..) if known[0] == name && !known[1].is_null() => known[1].clone(),
            (Some(name), Some(aws), Some(account), Some(region)) => {
                let resource = format!("alarm:{name}");
                Value::from(Arn::new(aws.partition(region), ARN.service, region, account, resource).to_string())
            }
            _ => Value::unknown_not_null(),
        }
    };
    let enabled: Vec<_> = places.iter().filter(|place| presets::is_enabled(place.of(all))).collect();
    let named = enabled.iter().map(|place| (place.key(), place.name(all)));
    let names = Value::Map(named.collect());
    let arns = Value::Map(enabled.iter().map(|place| (place.key(), arn(place, &place.name(all)))).collect());
    for (attribute, value) in INDEX.into_iter().zip([names, arns]) {
        all.set_attribute(attribute, if open { Value::unknown() } else { value });
    }
}

/// Everything that follows from what was planned, once all of it is known.
fn known(aws: &Aws, prior: &Value, planned: &Value) -> Value {
    let mut all = planned.clone();
    all.set_attribute(
        EndpointAlarms::REGION,
        Value::from(aws.region(planned.attribute(EndpointAlarms::REGION).as_str()).region()),
    );
    presets::complete(&mut all, planned);
    all.set_attribute(Tagged::TAGS_ALL, tags::to_value(&tags::wanted(aws, planned)));
    index(Some(aws), prior, &mut all);
    all
}

/// The alarms that exist or are to exist.
fn enabled(all: &Value) -> Vec<Place> {
    presets::places(all).into_iter().filter(|place| presets::is_enabled(place.of(all))).collect()
}

/// Sees that nobody else has alarms of the names that are to be created, before the first one is.
///
/// # Errors
/// A diagnostic that names all of them.
async fn refuse_foreign(cx: &Context<Aws>, prior: &Value, all: &Value) -> Result<()> {
    let client = cx.client()?;
    let aws = client.region(all.attribute(EndpointAlarms::REGION).as_str());
    let new = |place: &Place| !presets::is_enabled(place.of(prior));
    let names: Vec<Value> = enabled(all).into_iter().filter(new).map(|place| place.name(all)).collect();
    if names.is_empty() {
        return Ok(());
    }
    let input = Value::object([("alarm_names", Value::List(names)), ("max_records", Value::from(100))]);
    let found = call(cx, &aws, &DESCRIBE_ALARMS, &input, NEVER).await;
    let found = found
        .map_err(|failure| failure.diags("read the alarms of the endpoint", &EndpointAlarms::shared().object, all))?;
    let there = ["metric_alarms", "composite_alarms"].into_iter();
    let there = there.flat_map(|kind| found.attribute(kind).as_elements().unwrap_or_default());
    // An interrupted creation is taken up, if it is proven to be that.
    let type_name = METRIC_ALARM.type_name();
    let foreign = |name: &&str| client.creations().begun(&type_name, aws.region(), name).is_none();
    let foreign: Vec<String> = there
        .filter_map(|alarm| alarm.attribute("alarm_name").as_str())
        .filter(foreign)
        .map(|name| format!("{name:?}"))
        .collect();
    if foreign.is_empty() {
        return Ok(());
    }
    let prefix = all.attribute(EndpointAlarms::ALARM_NAME_PREFIX).as_str().unwrap_or_default();
    let detail = format!(
        "AWS has alarms of these names already, and this configuration did not create them: {}. Choose another \
         `alarm_name_prefix`, delete them, or take over all alarms with this prefix:\n\n  terraform import \
         mlops_endpoint_alarms.NAME {prefix}",
        foreign.join(", ")
    );
    Err(Diag::error("An alarm exists already", detail).at(Path::of(EndpointAlarms::ALARM_NAME_PREFIX)).into())
}

/// Brings each alarm to what is wanted, one after the other, and keeps what is done. `planned` says what of it is shown.
async fn bring_about(cx: &Context<Aws>, prior: &Value, wanted: &Value, planned: &Value) -> Result<Value> {
    // Names and ARNs stay even of an alarm that is not there yet, or no more: what refers to them must not fail.
    let mut done = if prior.is_null() { wanted.clone() } else { prior.clone() };
    if prior.is_null() {
        enabled(wanted).iter().for_each(|place| place.put(&mut done, presets::absent()));
    }
    for attribute in INDEX {
        done.set_attribute(attribute, wanted.attribute(attribute).clone());
    }
    let mut places = presets::places(wanted);
    let kept: Vec<String> = places.iter().map(Place::key).collect();
    places.extend(presets::places(prior).into_iter().filter(|place| !kept.contains(&place.key())));
    for place in &places {
        if cx.check() == Err(Stop::Cancelled) {
            if prior.is_null() {
                cx.warn(half_made("set of alarms of the endpoint"));
                return Ok(told(wanted, planned));
            }
            return Err(stopped(Stop::Cancelled, "update the alarms of the endpoint", "").into());
        }
        let is = presets::is_enabled(place.of(prior)).then(|| place.to_metric_alarm(prior));
        let shall_be = presets::is_enabled(place.of(wanted)).then(|| place.to_metric_alarm(wanted));
        let part = cx.part();
        let outcome = match (is, shall_be) {
            (None, None) => Ok(()),
            (None, Some(planned)) => (&METRIC_ALARM).create(&part, planned).await.map(drop),
            (Some(prior), Some(planned)) if prior == planned => Ok(()),
            (Some(prior), Some(planned)) => (&METRIC_ALARM).update(&part, Update { prior, planned }).await.map(drop),
            (Some(state), None) => (&METRIC_ALARM).delete(&part, state).await,
        };
        outcome.map_err(|diags| located(diags, place))?;
        place.put(&mut done, place.of(wanted).clone());
        cx.save(told(&done, planned));
    }
    Ok(told(wanted, planned))
}

/// What an import finds: the alarms whose names begin with the prefix, and what they watch.
async fn found(cx: &Context<Aws>, mut state: Value) -> Result<Value> {
    let aws = cx.client()?.region(state.attribute(EndpointAlarms::REGION).as_str());
    state.set_attribute(EndpointAlarms::REGION, Value::from(aws.region()));
    let prefix = state.attribute(EndpointAlarms::ALARM_NAME_PREFIX).as_str().unwrap_or_default().to_owned();
    let mut input =
        Value::object([("alarm_name_prefix", Value::from(prefix.as_str())), ("max_records", Value::from(100))]);
    let mut all = Vec::new();
    loop {
        let page = call(cx, &aws, &DESCRIBE_ALARMS, &input, NEVER).await;
        let page = page.map_err(|failure| {
            failure.diags("find the alarms of the endpoint", &EndpointAlarms::shared().object, &state)
        })?;
        all.extend(page.attribute("metric_alarms").as_elements().unwrap_or_default().to_vec());
        if page.attribute("next_token").is_null() {
            break;
        }
        input.set_attribute("next_token", page.attribute("next_token").clone());
    }
    let dimension = |name: &str| {
        let dimensions =
            all.iter().flat_map(|alarm| alarm.attribute(OneMetric::DIMENSIONS).as_elements().unwrap_or_default());
        let mut of_name = dimensions.filter(|d| d.attribute(MetricDimension::NAME).as_str() == Some(name));
        of_name.next().map_or(Value::Null, |d| d.attribute(MetricDimension::VALUE).clone())
    };
    let names = all.iter().filter_map(|alarm| alarm.attribute("alarm_name").as_str());
    for place in presets::named(&prefix, names) {
        let mut alarm = presets::absent();
        alarm.set_attribute(EndpointAlarm::ENABLED, Value::from(true));
        place.put(&mut state, alarm);
    }
    let left = presets::places(&state).into_iter().filter(|place| place.of(&state).is_null());
    left.collect::<Vec<_>>().iter().for_each(|place| place.put(&mut state, presets::absent()));
    let endpoint = [dimension("EndpointName"), dimension("Endpoint")].into_iter().find(|name| !name.is_null());
    for (attribute, value) in [
        (EndpointAlarms::ENDPOINT_NAME, endpoint.unwrap_or(Value::Null)),
        (EndpointAlarms::VARIANT_NAME, dimension("VariantName")),
        (EndpointAlarms::MONITORING_SCHEDULE_NAME, dimension("MonitoringSchedule")),
    ] {
        state.set_attribute(attribute, value);
    }
    Ok(state)
}

#[async_trait]
impl Resource<Aws> for EndpointAlarmsResource {
    fn schema(&self) -> Schema {
        EndpointAlarms::schema()
    }

    fn check_config(&self, config: &Value) -> Diags {
        let mut all = config.clone();
        presets::complete(&mut all, config);
        let mut diags = Diags::new();
        for place in enabled(&all) {
            let own = place.of(&all);
            let given = place.of(config);
            let refused = |attribute: &str, detail: &str| {
                Diag::error("Invalid alarm", detail).at(place.path().attribute(attribute))
            };
            if place.threshold_needed() {
                for attribute in [EndpointAlarm::THRESHOLD, EndpointAlarm::COMPARISON_OPERATOR] {
                    if given.attribute(attribute).is_null() {
                        let detail = format!("`{attribute}` must be set: no value is right for all models.");
                        diags.push(refused(attribute, &detail));
                    }
                }
            } else if own.attribute(EndpointAlarm::THRESHOLD).is_null() {
                let detail =
                    "SageMaker counts 100 % for each vCPU or GPU. Set `vcpu_count` or `gpu_count`, or `threshold`.";
                diags.push(refused(EndpointAlarm::ENABLED, detail));
            } else {
                let alarm = place.to_metric_alarm(&all);
                diags.0.extend(located(METRIC_ALARM.hooks.check_config(&alarm), &place).0);
            }
            if place.name(&all).as_str().is_some_and(|name| name.chars().count() > LONGEST) {
                let detail = format!("The name of the alarm would have more than {LONGEST} characters.");
                diags.push(Diag::error("Invalid alarm", detail).at(place.path()));
            }
        }
        diags
    }

    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        names::plan_region(cx, plan);
        tags::plan(cx, plan);
        let mut all = plan.planned().clone();
        presets::complete(&mut all, plan.config);
        index(cx.try_client().map(AsRef::as_ref), plan.prior, &mut all);
        let told = told(&all, plan.config);
        for attribute in [EndpointAlarms::ALARM_NAME_PREFIX, EndpointAlarms::ALARM_CONDITIONS].into_iter().chain(INDEX)
        {
            plan.set(attribute, told.attribute(attribute).clone());
        }
        alarms::check_regions(plan.planned()).into_result()
    }

    async fn create(&self, cx: &Context<Aws>, planned: Value) -> Result<Value> {
        let wanted = known(cx.client()?, &Value::Null, &planned);
        refuse_foreign(cx, &Value::Null, &wanted).await?;
        bring_about(cx, &Value::Null, &wanted, &planned).await
    }

    async fn read(&self, cx: &Context<Aws>, given: Value) -> Result<Option<Value>> {
        let imported = given.attribute(EndpointAlarms::ENDPOINT_NAME).is_null();
        let state = full(&if imported { found(cx, given.clone()).await? } else { given.clone() });
        let places = enabled(&state);
        let mut reads = JoinSet::new();
        for (i, place) in places.iter().enumerate() {
            let (cx, alarm) = (cx.part(), place.to_metric_alarm(&state));
            reads.spawn(async move { (i, (&METRIC_ALARM).read(&cx, alarm).await) });
        }
        let mut found: Vec<Option<Value>> = vec![None; places.len()];
        while let Some(read) = reads.join_next().await {
            let (i, alarm) = read.map_err(|e| Diag::bug("Could not read the alarms of the endpoint", e))?;
            found[i] = alarm.map_err(|diags| located(diags, &places[i]))?;
        }
        if found.iter().all(Option::is_none) && (imported || !places.is_empty()) {
            return Ok(None);
        }
        let mut value = state.clone();
        for (place, alarm) in places.iter().zip(&found) {
            place.put(&mut value, alarm.as_ref().map_or_else(presets::absent, Place::from_metric_alarm));
        }
        if imported {
            index(cx.try_client().map(AsRef::as_ref), &state, &mut value);
        }
        // What all have alike is shown of the first one that differs.
        for attribute in COMMON {
            let differs = |alarm: &&Value| alarm.attribute(attribute) != state.attribute(attribute);
            if let Some(alarm) = found.iter().flatten().find(differs) {
                value.set_attribute(attribute, alarm.attribute(attribute).clone());
            }
        }
        Ok(Some(told(&value, &given)))
    }

    async fn update(&self, cx: &Context<Aws>, update: Update) -> Result<Value> {
        let prior = full(&update.prior);
        let wanted = known(cx.client()?, &prior, &update.planned);
        refuse_foreign(cx, &prior, &wanted).await?;
        bring_about(cx, &prior, &wanted, &update.planned).await
    }

    async fn delete(&self, cx: &Context<Aws>, given: Value) -> Result<()> {
        let state = full(&given);
        let mut left = state.clone();
        for place in enabled(&state) {
            let deleted = (&METRIC_ALARM).delete(&cx.part(), place.to_metric_alarm(&state)).await;
            deleted.map_err(|diags| located(diags, &place))?;
            place.put(&mut left, presets::absent());
            cx.save(told(&left, &given));
        }
        Ok(())
    }

    async fn import(&self, _cx: &Context<Aws>, id: &str) -> Result<Value> {
        let (prefix, region) = id.rsplit_once('@').map_or((id, None), |(prefix, region)| (prefix, Some(region)));
        if prefix.is_empty() || region.is_some_and(str::is_empty) {
            let detail = format!(
                "{id:?} is no beginning of names of alarms. Give `alarm_name_prefix`, such as `churn-main-`, with `@REGION` \
                 behind it if the alarms are not in the region of the provider."
            );
            return Err(Diag::error("Invalid import ID", detail).into());
        }
        let mut state = self.schema().object.null_value();
        state.set_attribute(EndpointAlarms::ALARM_NAME_PREFIX, Value::from(prefix));
        state.set_attribute(EndpointAlarms::REGION, Value::from(region.map(str::to_owned)));
        Ok(state)
    }

    fn identity_part(&self, aws: Option<&Aws>, _part: &str, state: &Value) -> Value {
        identity::account_of(aws, state)
    }

    fn check_identity(&self, cx: &Context<Aws>, given: &Value) -> Result<()> {
        identity::check_account(cx, given)
    }
}
