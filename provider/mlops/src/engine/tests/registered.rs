//! Variants that are registered for autoscaling while the plan of their endpoint changes what AWS lets nobody change of them.

use serde_json::{Value as Json, json};
use tfplug::testing::{Change, State as Stored};
use tfplug::value::Value;

use super::{ENDPOINT, Story};
use crate::testing::Terraform;

const SCALING: &str = "mlops_endpoint_autoscaling";
const TARGET: &str = "mlops_autoscaling_target";
const POLICY: &str = "mlops_autoscaling_policy";

/// An endpoint whose variants are on these instance types.
fn serving(terraform: &Terraform, endpoint: &str, model: &str, variants: &[(&str, &str)]) -> Value {
    let variants: Vec<Json> = variants
        .iter()
        .map(|(name, kind)| {
            json!({ "variant_name": name, "model_name": model, "instance_type": kind, "initial_instance_count": 1 })
        })
        .collect();
    terraform.config(ENDPOINT, &json!({ "name": endpoint, "configuration": { "production_variants": variants } }))
}

/// A resource that belongs to the variant `v` of the endpoint `e`.
fn registered(terraform: &Terraform, kind: &str) -> Value {
    let metric = json!({ "predefined_metric_type": "SageMakerVariantInvocationsPerInstance" });
    let tracking = json!({ "target_value": 70, "predefined_metric_specification": metric });
    terraform.config(
        kind,
        &match kind {
            POLICY => json!({
                "name": "p", "resource_id": "endpoint/e/variant/v",
                "scalable_dimension": "sagemaker:variant:DesiredInstanceCount",
                "target_tracking_scaling_policy_configuration": tracking,
            }),
            _ => json!({ "endpoint_name": "e", "variant_name": "v", "min_capacity": 1, "max_capacity": 4 }),
        },
    )
}

struct Scene {
    _story: Story,
    terraform: Terraform,
    endpoint: Option<Stored>,
    scaled: Vec<(&'static str, Option<Stored>)>,
}

impl Scene {
    /// `a` and `v` on small instances, `v` registered.
    async fn new(kinds: &[&'static str]) -> Self {
        let story = Story::new().await;
        let mut terraform = story.terraform().await;
        let (config, mut endpoint) =
            (serving(&terraform, "e", "m", &[("a", "ml.m5.large"), ("v", "ml.m5.large")]), None);
        terraform.run(ENDPOINT, &mut endpoint, Some(&config)).await.good();
        let mut scaled = Vec::new();
        for kind in kinds {
            let (config, mut state) = (registered(&terraform, kind), None);
            terraform.run(kind, &mut state, Some(&config)).await.good();
            scaled.push((*kind, state));
        }
        // A plan is a process of its own.
        let terraform = story.terraform().await;
        Self { _story: story, terraform, endpoint, scaled }
    }

    /// Plans an endpoint, then what is registered: what is done with each, and of how many a warning tells.
    async fn plan(&mut self, prior: bool, config: &Value) -> (Vec<Change>, usize) {
        let prior = self.endpoint.as_ref().filter(|_| prior);
        self.terraform.plan(ENDPOINT, prior, Some(config)).await.good();
        let (mut all, mut told) = (Vec::new(), 0);
        for (kind, state) in &self.scaled {
            let config = registered(&self.terraform, kind);
            let (plan, warnings) = self.terraform.plan(kind, state.as_ref(), Some(&config)).await.warned();
            told += warnings.iter().filter(|w| w.summary.ends_with("is replaced for its endpoint")).count();
            all.push(plan.unwrap().change);
        }
        (all, told)
    }
}

#[tokio::test]
async fn what_is_registered_is_made_anew_where_aws_would_refuse_the_update_of_the_endpoint() {
    let mut scene = Scene::new(&[TARGET, POLICY]).await;
    let (small, large) = ("ml.m5.large", "ml.m5.xlarge");
    for (case, endpoint, prior, variants, renewed) in [
        ("another instance type", "e", true, vec![("a", small), ("v", large)], true),
        ("the variant is gone", "e", true, vec![("a", small)], true),
        ("the endpoint is created anew", "e", false, vec![("a", small), ("v", small)], true),
        ("another model only", "e", true, vec![("a", small), ("v", small)], false),
        ("another variant only", "e", true, vec![("a", large), ("v", small)], false),
        ("another endpoint", "f", false, vec![("v", large)], false),
        ("again, with what nobody notes any more", "e", true, vec![("v", small), ("a", small)], false),
    ] {
        let config = serving(&scene.terraform, endpoint, "n", &variants);
        let (changes, told) = scene.plan(prior, &config).await;
        let wanted = if renewed { Change::Replace } else { Change::NoOp };
        assert_eq!(changes, [wanted, wanted], "{case}");
        assert_eq!(told, if renewed { 2 } else { 0 }, "{case}");
    }
}

#[tokio::test]
async fn autoscaling_in_one_resource_is_made_anew_too() {
    let mut scene = Scene::new(&[SCALING]).await;
    let config = serving(&scene.terraform, "e", "m", &[("v", "ml.m5.xlarge")]);
    assert_eq!(scene.plan(true, &config).await, (vec![Change::Replace], 1));
}

#[tokio::test]
async fn what_the_plan_does_not_know_is_left_to_aws() {
    let mut scene = Scene::new(&[TARGET]).await;
    let mut config = serving(&scene.terraform, "e", "m", &[("v", "ml.m5.xlarge")]);
    *config.at_mut(&tfplug::value::Path::parse("configuration.production_variants[0].instance_type")).unwrap() =
        Value::unknown();
    assert_eq!(scene.plan(true, &config).await, (vec![Change::NoOp], 0));
    let other = scene.terraform.config(ENDPOINT, &json!({ "name": "e", "endpoint_config_name": "c" }));
    assert_eq!(scene.plan(true, &other).await, (vec![Change::NoOp], 0));
}
