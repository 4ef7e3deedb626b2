//! A provider with one resource that finds fault with every `bad` thing in it, at any depth. The tests look at which line
//! the real terraform then points.

use std::collections::BTreeMap;
use std::process::ExitCode;

use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::Result;
use tfplug::model::{Model, Root, Set};
use tfplug::resource::{Provider, Resource, Update};
use tfplug::rpc::Server;
use tfplug::schema::Schema;
use tfplug::serve::{Options, run};
use tfplug::validator::Validator;
use tfplug::value::Value;

const GOOD: Validator = Validator::Text { expected: "good", accepts: |text| text != "bad" };

/// Something with parts.
#[derive(Model)]
#[tf(name = "thing")]
struct Thing {
    /// A text.
    #[tf(optional, validate(GOOD))]
    name: Option<String>,
    /// Texts by name.
    #[tf(optional, validate(GOOD))]
    labels: Option<BTreeMap<String, String>>,
    /// Texts.
    #[tf(optional, validate(GOOD))]
    zones: Option<Vec<String>>,
    /// Texts in any order.
    #[tf(optional, validate(GOOD))]
    hosts: Option<Set<String>>,
    /// A list.
    #[tf(optional)]
    parts: Option<Vec<Part>>,
    /// One part.
    #[tf(optional)]
    main: Option<Part>,
    /// A map.
    #[tf(optional)]
    spares: Option<BTreeMap<String, Part>>,
}

/// A part.
#[derive(Model)]
struct Part {
    /// A text.
    #[tf(optional, validate(GOOD))]
    kind: Option<String>,
    /// Texts.
    #[tf(optional, validate(GOOD))]
    sizes: Option<Vec<String>>,
}

struct Things;

#[async_trait]
impl Resource<()> for Things {
    fn schema(&self) -> Schema {
        Thing::schema()
    }

    async fn create(&self, _: &Context<()>, planned: Value) -> Result<Value> {
        Ok(planned)
    }

    async fn read(&self, _: &Context<()>, state: Value) -> Result<Option<Value>> {
        Ok(Some(state))
    }

    async fn update(&self, _: &Context<()>, update: Update) -> Result<Value> {
        Ok(update.planned)
    }

    async fn delete(&self, _: &Context<()>, _: Value) -> Result<()> {
        Ok(())
    }
}

struct Pointing;

#[async_trait]
impl Provider for Pointing {
    type Client = ();

    fn name(&self) -> &'static str {
        "pointing"
    }

    fn schema(&self) -> Schema {
        Schema::default()
    }

    async fn configure(&self, _: Value, _: &str) -> Result<()> {
        Ok(())
    }

    fn resources(&self) -> Vec<Box<dyn Resource<()>>> {
        vec![Box::new(Things)]
    }
}

fn main() -> ExitCode {
    run(
        |stopping| Server::new(Pointing).stopping_with(stopping),
        Options::new("registry.terraform.io/example/pointing"),
    )
}
