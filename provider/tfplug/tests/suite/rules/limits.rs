//! How long what is no managed resource may take.

use std::time::Duration;

use serde_json::json;
use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Result};
use tfplug::resource::{Action, DataSource, EphemeralResource, Opened};
use tfplug::schema::{Attribute, Kind, Mode, Object, Schema, Timeouts, Type};
use tfplug::testing::{Closing, object};
use tfplug::value::Value;

use super::with;
use crate::toy::{Client, Hooks, Toy, run};

/// A data source, an ephemeral resource and an action that take as long as they may.
struct Slow;

fn slow(name: &'static str, timeouts: Timeouts) -> Schema {
    let text = Attribute::new("name", Kind::Leaf(Type::String), Mode::Required, "A name.");
    let object = Object { attributes: vec![text, tfplug::model::timeouts(&timeouts)], rules: Vec::new() };
    Schema { name: name.into(), description: "Slow.".into(), object, timeouts, ..Schema::default() }
}

const SOON: Duration = Duration::from_millis(30);

async fn wait(cx: &Context<Client>, limit: Duration) -> Result<()> {
    assert_eq!(cx.limit(), limit);
    match cx.pause(Duration::from_secs(3600)).await {
        Ok(()) => Ok(()),
        Err(stop) => Err(Diag::error("Stopped", format!("{stop:?}")).into()),
    }
}

#[async_trait]
impl DataSource<Client> for Slow {
    fn schema(&self) -> Schema {
        slow("data", Timeouts { read: Some(SOON * 1000), ..Default::default() })
    }

    async fn read(&self, cx: &Context<Client>, config: Value) -> Result<Value> {
        match config.attribute("timeouts").attribute("read").as_str() {
            Some("30ms") => wait(cx, SOON).await?,
            other => assert_eq!((other, cx.limit()), (None, SOON * 1000)),
        }
        // The limits are none of its business.
        Ok(with(config, "timeouts", Value::Null))
    }
}

#[async_trait]
impl EphemeralResource<Client> for Slow {
    fn schema(&self) -> Schema {
        slow("ephemeral", Timeouts { open: Some(SOON * 2), ..Default::default() })
    }

    async fn open(&self, cx: &Context<Client>, config: Value) -> Result<Opened> {
        if config.attribute("name") == &"slow".into() {
            wait(cx, SOON).await?;
        }
        Ok(Opened { result: with(config, "timeouts", Value::Null), renew_at: Some(1_800_000_000), private: vec![] })
    }

    async fn renew(&self, cx: &Context<Client>, _: Vec<u8>) -> Result<(Option<i64>, Vec<u8>)> {
        wait(cx, SOON * 2).await.map(|()| (None, vec![]))
    }

    async fn close(&self, cx: &Context<Client>, _: Vec<u8>) -> Result<()> {
        wait(cx, SOON * 2).await
    }
}

#[async_trait]
impl Action<Client> for Slow {
    fn schema(&self) -> Schema {
        slow("ring", Timeouts { invoke: Some(SOON), ..Default::default() })
    }

    async fn invoke(&self, cx: &Context<Client>, _: Value, _: tokio::sync::mpsc::Sender<String>) -> Result<()> {
        wait(cx, SOON).await
    }
}

fn toy() -> Toy {
    Toy::new(super::attributes(), Hooks::default())
}

#[test]
fn t2_whatever_is_called_ends_when_its_time_is_up() {
    let late = |diags: &[Diag]| diags.iter().map(|d| d.detail.clone()).collect::<Vec<_>>();
    run(async {
        let mut core = Toy { data_sources: || vec![Box::new(Slow)], ..toy() }.talk().await;
        let config = object(&core.data_sources["toy_data"], &json!({ "name": "n" }));
        assert_eq!(core.read_data("toy_data", &config).await.good(), config);
        let short = json!({ "name": "n", "timeouts": { "read": "30ms" } });
        let short = object(&core.data_sources["toy_data"], &short);
        assert_eq!(late(&core.read_data("toy_data", &short).await.errors()), ["DeadlinePassed"]);

        let mut core = Toy { ephemerals: || vec![Box::new(Slow)], ..toy() }.talk().await;
        let config = json!({ "name": "quick", "timeouts": { "open": "30ms" } });
        let config = object(&core.ephemerals["toy_ephemeral"], &config);
        let used = core.use_ephemeral("toy_ephemeral", &config, Closing::WithOpening).await;
        assert_eq!(used.value, config);
        assert_eq!(late(&used.errors()), ["DeadlinePassed", "DeadlinePassed"]);
        let slow = with(config, "name", "slow");
        assert_eq!(late(&core.open("toy_ephemeral", &slow).await.errors()), ["DeadlinePassed"]);

        let mut core = Toy { actions: || vec![Box::new(Slow)], ..toy() }.talk().await;
        let config = object(&core.actions["toy_ring"], &json!({ "name": "n" }));
        assert_eq!(late(&core.invoke("toy_ring", &config).await.errors()), ["DeadlinePassed"]);
    });
}
