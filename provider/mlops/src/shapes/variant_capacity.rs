//! The weights and capacities of the variants of a running endpoint.

use tfplug::model::Model;
use tfplug::validator::Validator;
use tfplug::value::Value;

use crate::engine::shape::{Reading, from_api, to_api};
use crate::sagemaker::names;

/// The attribute.
pub const AT: &str = "desired_weights_and_capacities";

/// The weight and the capacity that a variant is to have while the endpoint runs. What is left out is left to autoscaling
/// and to whoever changes it.
#[derive(Clone, Debug, Model)]
#[tf(at_least_one_of("desired_weight", "desired_instance_count", "serverless_update_config"))]
pub struct DesiredWeightAndCapacity {
    /// Name of the variant.
    #[tf(required, validate(names::NAME))]
    variant_name: String,
    /// Share of the traffic, relative to the weights of the other variants.
    #[tf(optional, validate(Validator::Range { min: 0, max: i64::MAX }))]
    desired_weight: Option<f64>,
    /// Number of instances.
    #[tf(optional, validate(Validator::Range { min: 0, max: i32::MAX as i64 }))]
    desired_instance_count: Option<i64>,
    #[tf(optional)]
    serverless_update_config: Option<ServerlessUpdateConfig>,
}

/// Concurrency of a serverless variant.
#[derive(Clone, Debug, Model)]
pub struct ServerlessUpdateConfig {
    /// Maximum number of concurrent invocations.
    #[tf(optional, validate(Validator::Range { min: 1, max: 200 }))]
    max_concurrency: Option<i64>,
    /// Provisioned concurrency: the number of concurrent invocations to keep capacity ready for.
    #[tf(optional, validate(Validator::Range { min: 1, max: 200 }))]
    provisioned_concurrency: Option<i64>,
}

/// Members of an element that say how much capacity there is. AWS changes them of one variant at a time, but the weights of
/// all variants together: SageMaker API reference, UpdateEndpointWeightsAndCapacities.
const CAPACITIES: [&str; 2] = ["desired_instance_count", "serverless_update_config"];

/// What AWS describes of an element: the same variant with the same members set; None if there is no such variant.
fn described(element: &Value, description: &Value) -> Option<Value> {
    let variants = description.attribute("production_variants").as_elements().unwrap_or_default();
    let found = variants.iter().find(|v| {
        v.attribute(DesiredWeightAndCapacity::VARIANT_NAME) == element.attribute(DesiredWeightAndCapacity::VARIANT_NAME)
    })?;
    let reading = Reading {
        server_defaults: vec![
            "desired_weight",
            "desired_instance_count",
            "serverless_update_config",
            "serverless_update_config.max_concurrency",
            "serverless_update_config.provisioned_concurrency",
        ],
        described_as: vec![("serverless_update_config", "desired_serverless_config")],
        imported: false,
    };
    Some(from_api(&DesiredWeightAndCapacity::object(), found, element, &reading))
}

/// The attribute's value from a description. An endpoint that is being created has no variants yet.
pub fn read(description: &Value, state: &Value) -> Value {
    match state.as_elements() {
        Some(elements) if !description.attribute("production_variants").is_null() => {
            Value::List(elements.iter().filter_map(|element| described(element, description)).collect())
        }
        _ => state.clone(),
    }
}

/// The inputs that bring about what one input asks for, without what is there.
pub fn inputs(input: &Value, description: &Value) -> Vec<Value> {
    let elements = input.attribute(AT).as_elements().unwrap_or_default();
    let object = DesiredWeightAndCapacity::object();
    let is = |element: &Value| described(element, description).map(|found| to_api(&object, &found));
    let lacking = elements.iter().filter(|element| is(element).as_ref() != Some(element));
    let lacking: Vec<&Value> = lacking.collect();
    let with = |element: &Value, left_out: &[&str]| {
        let members = element.as_entries().into_iter().flatten();
        let members = members.filter(|(name, value)| !value.is_null() && !left_out.contains(&name.as_str()));
        Value::object(members.map(|(name, value)| (name.clone(), value.clone())))
    };
    let all = |elements: Vec<Value>| {
        let mut input = input.clone();
        input.set_attribute(AT, Value::List(elements));
        input
    };
    let weighted =
        lacking.iter().filter(|element| !element.attribute(DesiredWeightAndCapacity::DESIRED_WEIGHT).is_null());
    let weights: Vec<Value> = weighted.map(|element| with(element, &CAPACITIES)).collect();
    let sized = lacking.iter().filter(|e| CAPACITIES.iter().any(|name| !e.attribute(name).is_null()));
    let capacities = sized.map(|element| all(vec![with(element, &["desired_weight"])]));
    Some(weights).filter(|weights| !weights.is_empty()).map(all).into_iter().chain(capacities).collect()
}

#[cfg(test)]
mod tests {
    use tfplug::number::Number;

    use super::*;

    fn element(name: &str, weight: Option<f64>, count: Option<i64>) -> Value {
        let weight = weight.and_then(Number::from_f64).map_or(Value::Null, Value::Number);
        let all =
            [("variant_name", Value::from(name)), ("desired_weight", weight), ("desired_instance_count", count.into())];
        Value::object(all.into_iter().filter(|(_, value)| !value.is_null()))
    }

    fn sent(elements: &[Value], variants: &[Value]) -> Vec<Vec<Value>> {
        let input = Value::object([("endpoint_name", Value::from("e")), (AT, Value::List(elements.to_vec()))]);
        let description = Value::object([("production_variants", Value::List(variants.to_vec()))]);
        let inputs = inputs(&input, &description);
        assert!(inputs.iter().all(|input| input.attribute("endpoint_name") == &Value::from("e")));
        inputs.iter().map(|input| input.attribute(AT).as_elements().unwrap().to_vec()).collect()
    }

    #[test]
    fn weights_are_changed_together_and_capacities_one_variant_at_a_time() {
        let wanted = [element("a", Some(9.0), Some(3)), element("b", Some(0.1), None), element("c", None, Some(2))];
        let now =
            [element("a", Some(1.0), Some(1)), element("b", Some(1.0), Some(1)), element("c", Some(1.0), Some(1))];
        assert_eq!(
            sent(&wanted, &now),
            [
                vec![element("a", Some(9.0), None), element("b", Some(0.1), None)],
                vec![element("a", None, Some(3))],
                vec![element("c", None, Some(2))],
            ]
        );
    }

    #[test]
    fn what_is_there_is_not_sent() {
        // AWS's weights have 32 bits.
        let now = [element("a", Some(f64::from(0.1_f32)), Some(5)), element("b", Some(1.0), Some(1))];
        assert_eq!(sent(&[element("a", Some(0.1), None)], &now), Vec::<Vec<Value>>::new());
        let wanted = [element("a", Some(0.1), None), element("b", None, Some(2))];
        assert_eq!(sent(&wanted, &now), [vec![element("b", None, Some(2))]]);
        assert_eq!(sent(&[element("gone", Some(1.0), None)], &now), [vec![element("gone", Some(1.0), None)]]);
    }

    #[test]
    fn drift_is_shown_of_what_is_set_and_of_nothing_else() {
        let object = DesiredWeightAndCapacity::object();
        let state = from_api(&object, &element("a", Some(0.1), None), &Value::Null, &Reading::default());
        let of = |variants: Vec<Value>| {
            let description = Value::object([("production_variants", Value::List(variants))]);
            read(&description, &Value::List(vec![state.clone()]))
        };
        assert_eq!(of(vec![element("a", Some(f64::from(0.1_f32)), Some(7))]), Value::List(vec![state.clone()]));
        let drifted = of(vec![element("a", Some(0.5), Some(7))]);
        let only = &drifted.as_elements().unwrap()[0];
        assert_eq!(only.attribute("desired_weight").as_number().map(Number::to_f64), Some(0.5));
        assert!(only.attribute("desired_instance_count").is_null());
        assert_eq!(read(&Value::Null, &Value::List(vec![state.clone()])), Value::List(vec![state]), "not there yet");
    }
}
