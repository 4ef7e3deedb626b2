//! Operations that are deferred, for clients that accept it and for those that do not.

use tfplug::async_trait;
use tfplug::context::{Context, Deferral};
use tfplug::diag::{Diag, Result};
use tfplug::pb::tfplugin6::ClientCapabilities;
use tfplug::resource::DataSource;
use tfplug::schema::{Attribute, Kind, Mode, Object, Schema, Type};
use tfplug::testing::Change;
use tfplug::value::Value;

use super::{config, created, toy_with_identity, with};
use crate::toy::{Client, Hooks, THING, Talk, Toy, run};

/// A data source that waits for something which is not there.
struct Absent;

#[async_trait]
impl DataSource<Client> for Absent {
    fn schema(&self) -> Schema {
        let text = Attribute::new("text", Kind::Leaf(Type::String), Mode::Computed, "A text.");
        let object = Object { attributes: vec![text], rules: Vec::new() };
        Schema { name: "absent".into(), description: "Something.".into(), object, ..Schema::default() }
    }

    async fn read(&self, cx: &Context<Client>, config: Value) -> Result<Value> {
        if cx.defer(Deferral::AbsentPrerequisite) {
            return Ok(config);
        }
        Err(Diag::error("Nothing there", "It is not there.").into())
    }
}

async fn accepting(toy: Toy, deferral_allowed: bool) -> Talk {
    let mut core = toy.talk().await;
    let write_only_attributes_allowed = true;
    let all = ClientCapabilities { deferral_allowed, write_only_attributes_allowed, ..ClientCapabilities::default() };
    core.client_capabilities = Some(all);
    core
}

#[test]
fn a_provider_that_cannot_ask_now_has_everything_deferred() {
    run(async {
        let mut toy = toy_with_identity(Hooks::default());
        toy.data_sources = || vec![Box::new(Absent)];
        let mut core = accepting(toy.clone(), true).await;
        let state = created(&mut core).await;
        assert_eq!(core.deferred, None);
        let id = state.value.attribute("id").as_str().unwrap().to_owned();
        // Whoever asks the cloud, loses the object.
        toy.deferral = Some(Deferral::ProviderConfigUnknown);
        toy.cloud.objects.lock().unwrap().clear();
        let mut core = accepting(toy.clone(), true).await;
        let read = core.refresh(THING, &state).await.good();
        assert_eq!(read.unwrap().value, state.value);
        assert_eq!(core.deferred, Some(Deferral::ProviderConfigUnknown));
        let wanted = with(core.config(THING, &config()), "size", 2);
        let planned = core.plan(THING, Some(&state), Some(&wanted)).await.good().unwrap();
        assert_eq!((planned.change, core.deferred), (Change::Update, Some(Deferral::ProviderConfigUnknown)));
        assert_eq!(planned.value.attribute("size"), &Value::from(2));
        assert!(core.import(THING, &id).await.good().is_none());
        assert_eq!(core.deferred, Some(Deferral::ProviderConfigUnknown));
        let nothing = Value::object([("text", Value::Null)]);
        assert!(core.read_data("toy_absent", &nothing).await.good().is_unknown());
        assert_eq!(core.deferred, Some(Deferral::ProviderConfigUnknown));
        // A client that does not accept it has everything done, and sees what comes of it.
        let mut core = accepting(toy, false).await;
        assert!(core.refresh(THING, &state).await.good().is_none());
        assert_eq!(core.deferred, None);
        core.plan(THING, Some(&state), Some(&wanted)).await.good();
        assert_eq!(core.deferred, None);
        core.import(THING, &id).await.errors();
        assert_eq!(core.read_data("toy_absent", &nothing).await.errors()[0].summary, "Nothing there");
    });
}

#[test]
fn an_operation_may_be_deferred_by_itself() {
    run(async {
        let hooks = Hooks {
            remember: Some(|cx, plan| {
                if plan.planned().attribute("size").is_unknown() {
                    cx.defer(Deferral::ResourceConfigUnknown);
                }
            }),
            ..Hooks::default()
        };
        let mut toy = toy_with_identity(hooks);
        toy.data_sources = || vec![Box::new(Absent)];
        let mut core = accepting(toy.clone(), true).await;
        let wanted = core.config(THING, &config());
        core.plan(THING, None, Some(&wanted)).await.good();
        assert_eq!(core.deferred, None);
        let open = with(wanted, "size", Value::unknown());
        core.plan(THING, None, Some(&open)).await.good();
        assert_eq!(core.deferred, Some(Deferral::ResourceConfigUnknown));
        let nothing = Value::object([("text", Value::Null)]);
        assert!(core.read_data("toy_absent", &nothing).await.good().is_unknown());
        assert_eq!(core.deferred, Some(Deferral::AbsentPrerequisite));
        let mut core = accepting(toy, false).await;
        core.plan(THING, None, Some(&open)).await.good();
        assert_eq!(core.deferred, None);
    });
}
