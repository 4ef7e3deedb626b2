//! The steps of an execution, from the list of them.

use crate::shapes::pipeline::{SelectedStep, Step};
use tfplug::value::Value;

/// The attribute `steps`: what became of each step, by its name.
pub(super) fn by_name(listed: &[Value]) -> Value {
    Value::Map(listed.iter().map(|step| (name(step), of(step))).collect())
}

/// A step runs once, unless it is in a ForEach step. Source: the service model, IterationContext.
fn name(step: &Value) -> String {
    let name = step.attribute(SelectedStep::STEP_NAME).as_str().unwrap_or_default();
    match step.attribute("iteration_context").attribute("index").as_number() {
        Some(index) => format!("{name}[{index}]"),
        None => name.to_owned(),
    }
}

fn of(step: &Value) -> Value {
    // It has one member, that of the step's type. Source: the service model, PipelineExecutionStepMetadata.
    let kinds = step.attribute("metadata").as_entries().into_iter().flat_map(|m| m.values());
    let metadata = kinds.into_iter().find(|kind| !kind.is_null()).unwrap_or(&Value::Null);
    let (reused, cached) = (step.attribute("selective_execution_result"), step.attribute("cache_hit_result"));
    let source = [cached, reused].map(|result| result.attribute("source_pipeline_execution_arn"));
    let arn = ["arn", "check_job_arn"].map(|member| metadata.attribute(member));
    let first = |found: [&Value; 2]| found.into_iter().find(|v| !v.is_null()).unwrap_or(&Value::Null).clone();
    let outputs = metadata.attribute("output_parameters").as_elements().unwrap_or_default().iter();
    let outputs =
        outputs.filter_map(|o| Some((o.attribute("name").as_str()?.to_owned(), o.attribute("value").clone())));
    let own = |member: &str| step.attribute(member).clone();
    Value::object([
        ("status", own("step_status")),
        ("failure_reason", own("failure_reason")),
        ("cache_hit", Value::from(!cached.is_null())),
        ("source_pipeline_execution_arn", first(source)),
        ("arn", first(arn)),
        ("outcome", metadata.attribute(Step::OUTCOME).clone()),
        ("outputs", Value::Map(outputs.collect())),
        ("attempt_count", own("attempt_count")),
        ("start_time", own("start_time")),
        ("end_time", own("end_time")),
    ])
}

/// The steps that failed: name, reason and ARN of the job.
pub(super) fn failed(steps: &Value) -> impl Iterator<Item = (&str, &str, &str)> {
    let all = steps.as_entries().into_iter().flatten();
    all.filter(|(_, step)| step.attribute(Step::STATUS).as_str() == Some("Failed")).map(|(name, step)| {
        let text = |member: &str| step.attribute(member).as_str();
        (name.as_str(), text("failure_reason").unwrap_or("AWS gave no reason"), text("arn").unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(more: &[(&str, Value)]) -> Value {
        Value::object([("step_name", Value::from("Train"))].into_iter().chain(more.iter().cloned()))
    }

    fn within(kind: &str, member: &str, value: Value) -> (&'static str, Value) {
        ("metadata", Value::object([("model", Value::Null), (kind, Value::object([(member, value)]))]))
    }

    #[test]
    fn a_step_is_what_its_type_makes_it() {
        let at = |steps: &Value, member: &str| steps.attribute("Train").attribute(member).clone();
        for (kind, member) in
            [("training_job", "arn"), ("quality_check", "check_job_arn"), ("clarify_check", "check_job_arn")]
        {
            let steps = by_name(&[step(&[within(kind, member, Value::from("a"))])]);
            assert_eq!(at(&steps, "arn"), Value::from("a"), "{kind}");
            assert_eq!(at(&steps, "cache_hit"), Value::from(false));
        }
        let decided = by_name(&[step(&[within("condition", "outcome", Value::from("True"))])]);
        assert_eq!((at(&decided, "outcome"), at(&decided, "arn")), (Value::from("True"), Value::Null));
        let output = Value::object([("name", Value::from("n")), ("value", Value::from("v"))]);
        let called = by_name(&[step(&[within("lambda", "output_parameters", Value::List(vec![output]))])]);
        assert_eq!(at(&called, "outputs").attribute("n"), &Value::from("v"));
    }

    #[test]
    fn what_was_not_run_says_whose_result_was_used() {
        let result = || Value::object([("source_pipeline_execution_arn", Value::from("e"))]);
        for (member, hit) in [("cache_hit_result", true), ("selective_execution_result", false)] {
            let steps = by_name(&[step(&[(member, result())])]);
            let found = steps.attribute("Train");
            assert_eq!(found.attribute("source_pipeline_execution_arn"), &Value::from("e"), "{member}");
            assert_eq!(found.attribute("cache_hit"), &Value::from(hit), "{member}");
        }
    }

    #[test]
    fn iterations_have_names_of_their_own() {
        let iteration = |index: i64| {
            step(&[
                ("iteration_context", Value::object([("index", Value::from(index))])),
                ("step_status", "Failed".into()),
            ])
        };
        let steps = by_name(&[iteration(0), iteration(1)]);
        let failed: Vec<_> = failed(&steps).collect();
        assert_eq!(failed, [("Train[0]", "AWS gave no reason", ""), ("Train[1]", "AWS gave no reason", "")]);
    }
}
