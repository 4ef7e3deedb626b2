//! `mlops_pipeline_definition`: the definition of a pipeline as attributes, rendered as JSON. AWS is not asked for anything.

mod attributes;
mod document;
mod jobs;
mod relaxed;
mod render;
mod resources;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result, Severity};
use tfplug::model::Model;
use tfplug::resource::DataSource;
use tfplug::schema::{Attribute, Kind, Mode, Object, Schema, Text, Type};
use tfplug::validate;
use tfplug::value::{Path, Value};

use self::attributes::PipelineDefinition;
use crate::aws::client::Aws;
use crate::pipeline_definition::check_document;

/// The attributes as AWS has them, and as the schema has them.
struct Objects {
    typed: Object,
    schema: Object,
}

static OBJECTS: LazyLock<Objects> = LazyLock::new(|| {
    let mut object = PipelineDefinition::object();
    let steps = object.attributes.iter_mut().filter(|a| a.name == PipelineDefinition::STEPS);
    steps.filter_map(nested).for_each(resources::demand);
    let mut typed = relaxed::arguments(&object, &[]);
    // AWS refuses these members in a definition, whatever the request takes; or they belong to updates.
    for (step, without) in [
        ("model", &["additional_model_data_sources"][..]),
        ("register_model", &["model_package_name", "additional_model_data_sources"]),
        (
            "endpoint",
            &[
                "retain_all_variant_properties",
                "exclude_retained_variant_properties",
                "retain_deployment_config",
                "desired_weights_and_capacities",
            ],
        ),
    ] {
        let without: Vec<String> = without.iter().map(|name| (*name).to_owned()).collect();
        let steps = typed.attributes.iter_mut().filter(|a| a.name == PipelineDefinition::STEPS);
        for attribute in steps.filter_map(|a| nested(a)).flat_map(|o| &mut o.attributes).filter(|a| a.name == step) {
            if let Some(object) = nested(attribute) {
                *object = relaxed::arguments(object, &without);
            }
        }
    }
    let mut schema = relaxed::relaxed(&typed);
    let json = "The definition in canonical JSON: members in alphabetical order, without white space.";
    schema.attributes.push(Attribute::new("json", Kind::Leaf(Type::String), Mode::Computed, json));
    Objects { typed, schema }
});

fn nested(attribute: &mut Attribute) -> Option<&mut Object> {
    match &mut attribute.kind {
        Kind::Nested(_, object) => Some(object),
        Kind::Leaf(_) => None,
    }
}

const DESCRIPTION: &str = "The definition of a SageMaker pipeline, written as attributes and rendered as JSON for `mlops_pipeline`. \
Nothing is asked of AWS: what it would refuse is an error in the plan, at the attribute.

Values that only an execution of the pipeline has are references. The functions `parameter`, `step_property`, `json_get`, \
`json_get_s3`, `execution_variable` and `pipeline_join` of this provider return them. So that every argument can be a reference, \
all values are strings here, also where AWS takes a number or a truth value: `instance_count = 2` and \
`instance_count = provider::mlops::parameter(\"count\")` both work, and the definition has a number in the first case. Within other \
text, as in `\"s3://${var.bucket}/${provider::mlops::parameter(\"day\")}\"`, references become a join. A list or an object cannot be a \
reference, but its elements can.

The arguments of steps are those of the resources that run the same jobs, and what is refused there is refused here. What is not \
set is not in the definition: defaults of these resources do not apply, and what AWS requires must be set.";

const NAME: &str = "pipeline_definition";

/// The data source.
pub struct PipelineDefinitionSource;

#[async_trait]
impl DataSource<Aws> for PipelineDefinitionSource {
    fn name(&self) -> Text {
        NAME.into()
    }

    fn schema(&self) -> Schema {
        Schema {
            name: NAME.into(),
            subcategory: "Pipelines".into(),
            description: DESCRIPTION.into(),
            object: OBJECTS.schema.clone(),
            ..Schema::default()
        }
    }

    fn check_config(&self, config: &Value) -> Diags {
        // The framework reports what is wrong with the schema's own attributes.
        match validate::config(&OBJECTS.schema, config, true).has_errors() {
            true => Diags::new(),
            false => rendered(config).1,
        }
    }

    async fn read(&self, _: &Context<Aws>, mut config: Value) -> Result<Value> {
        let (json, mut diags) = rendered(&config);
        // Warnings were reported when the configuration was tested.
        diags.0.retain(|d| d.severity == Severity::Error);
        diags.into_result()?;
        config.set_attribute("json", Value::from(json.unwrap_or_default()));
        Ok(config)
    }
}

/// The JSON, and what is wrong with it. None if something is wrong before there is a document.
fn rendered(config: &Value) -> (Option<String>, Diags) {
    let mut diags = Diags::new();
    let typed = relaxed::restored(&OBJECTS.typed, config, &Path::root(), &mut diags);
    if !diags.has_errors() {
        diags.extend(validate::config(&OBJECTS.typed, &typed, true));
        diags.extend(resources::check(&typed));
    }
    if diags.has_errors() {
        return (None, diags);
    }
    let mut places = render::Places::new();
    let document = document::document(&OBJECTS.typed, config, &mut places, &mut diags);
    if diags.has_errors() {
        return (None, diags);
    }
    for finding in check_document(&document) {
        let place =
            places.iter().filter(|(json, _)| finding.path.starts_with(json)).max_by_key(|(json, _)| json.0.len());
        let path = place.map_or_else(|| Path::of(PipelineDefinition::STEPS), |(_, attribute)| attribute.clone());
        let summary = match finding.severity {
            Severity::Error => "Invalid pipeline definition",
            Severity::Warning => "Questionable pipeline definition",
        };
        diags.push(Diag { severity: finding.severity, ..Diag::error(summary, finding.message) }.at(path));
    }
    (Some(document.to_string()), diags)
}
