//! Declared resources as Terraform's.

use async_trait::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diags, Result};
use tfplug::plan::Plan;
use tfplug::resource::{MoveSource, Moved, Resource, Update};
use tfplug::schema::{Schema, Text};
use tfplug::value::Value;

use super::run::Run;
use super::{Declared, constraints};
use crate::aws::client::Aws;
use crate::aws::identity;
use crate::files::review;

#[async_trait]
impl Resource<Aws> for &'static Declared {
    fn schema(&self) -> Schema {
        let mut schema = (**(self.schema)()).clone();
        constraints::add(self, &mut schema.object);
        self.mark_planned(&mut schema.object);
        schema
    }

    fn name(&self) -> Text {
        (self.schema)().name.into()
    }

    fn check_config(&self, config: &Value) -> Diags {
        review::validated();
        let mut diags = self.check_scripts(config);
        diags.0.extend(self.hooks.check_config(config).0);
        diags
    }

    async fn plan(&self, cx: &Context<Aws>, plan: &mut Plan<'_>) -> Result<()> {
        self.plan_all(cx, plan).await
    }

    async fn create(&self, cx: &Context<Aws>, planned: Value) -> Result<Value> {
        self.make(cx, planned).await
    }

    async fn read(&self, cx: &Context<Aws>, state: Value) -> Result<Option<Value>> {
        self.refresh(cx, state).await
    }

    async fn update(&self, cx: &Context<Aws>, update: Update) -> Result<Value> {
        self.change(cx, update).await
    }

    async fn delete(&self, cx: &Context<Aws>, state: Value) -> Result<()> {
        let run = Run::new(self, cx, state)?;
        let on_destroy = self.on_destroy(&run.state).to_owned();
        if on_destroy != "retain" && !run.remove(&on_destroy).await? {
            return Ok(());
        }
        let id = self.remembered_as(&run.state);
        cx.client()?.creations().gone(&self.type_name(), run.aws.region(), &id);
        if self.goes_wholly(&on_destroy) {
            run.remove_versions().await?;
        }
        if self.goes_wholly(&on_destroy) {
            self.remove_beside(cx, &run.aws, &run.state).await?;
        }
        if on_destroy != "retain" {
            // Last, for it may take minutes: whatever ends the wait, nothing else is left to do.
            run.see_interfaces_gone().await;
        }
        Ok(())
    }

    async fn import(&self, cx: &Context<Aws>, id: &str) -> Result<Value> {
        self.imported(cx.try_client().map(AsRef::as_ref), id)
    }

    fn move_sources(&self) -> Vec<&'static str> {
        self.moved_from.iter().map(|from| from.source).collect()
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Moved>> {
        self.taken_over(source)
    }

    fn identity_part(&self, aws: Option<&Aws>, _part: &str, state: &Value) -> Value {
        identity::account_of(aws, state)
    }

    fn check_identity(&self, cx: &Context<Aws>, given: &Value) -> Result<()> {
        identity::check_account(cx, given)
    }

    async fn import_identity(&self, cx: &Context<Aws>, identity: &Value) -> Result<Value> {
        self.imported_by_identity(cx.try_client().map(AsRef::as_ref), identity)
    }
}
