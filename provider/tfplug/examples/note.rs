//! A provider of notes, each a file.

use tfplug::async_trait;
use tfplug::context::Context;
use tfplug::diag::{Diag, Diags, Result};
use tfplug::model::{Model, Root};
use tfplug::resource::{Provider, Resource, Update};
use tfplug::rpc::Server;
use tfplug::schema::Schema;
use tfplug::serve::{Options, run};
use tfplug::value::{Path, Value};

/// A note: a file with a text.
#[derive(Model)]
#[tf(name = "note", identity("path"))]
struct Note {
    /// Path of the file.
    #[tf(required, requires_replace)]
    path: String,
    /// Text of the file.
    #[tf(required)]
    text: String,
    /// Length of the text in bytes.
    #[tf(computed, changes_with("text"))]
    length: Option<i64>,
}

pub(crate) struct Notes;

#[async_trait]
impl Resource<()> for Notes {
    fn schema(&self) -> Schema {
        Note::schema()
    }

    async fn create(&self, _: &Context<()>, planned: Value) -> Result<Value> {
        let mut note = Note::from_value(&planned, &Path::root())?;
        std::fs::write(&note.path, &note.text).map_err(|e| failed("written", &note.path, &e))?;
        note.length = i64::try_from(note.text.len()).ok();
        Ok(note.into_value())
    }

    async fn read(&self, _: &Context<()>, state: Value) -> Result<Option<Value>> {
        let path = String::from(state.attribute(Note::PATH).as_str().unwrap_or_default());
        let text = match std::fs::read_to_string(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|e| failed("read", &path, &e))?,
        };
        let length = i64::try_from(text.len()).ok();
        Ok(Some(Note { path, text, length }.into_value()))
    }

    async fn update(&self, cx: &Context<()>, update: Update) -> Result<Value> {
        self.create(cx, update.planned).await
    }

    async fn delete(&self, _: &Context<()>, state: Value) -> Result<()> {
        let path = state.attribute(Note::PATH).as_str().unwrap_or_default();
        Ok(std::fs::remove_file(path).map_err(|e| failed("deleted", path, &e))?)
    }
}

fn failed(how: &str, path: &str, error: &std::io::Error) -> Diags {
    Diag::error("Note not accessible", format!("The note {path} could not be {how}: {error}."))
        .at(Path::of("path"))
        .into()
}

#[async_trait]
impl Provider for Notes {
    type Client = ();

    fn name(&self) -> &'static str {
        "notes"
    }

    fn schema(&self) -> Schema {
        Schema { description: "Keeps notes.".into(), ..Schema::default() }
    }

    async fn configure(&self, _: Value, _terraform_version: &str) -> Result<()> {
        Ok(())
    }

    fn resources(&self) -> Vec<Box<dyn Resource<()>>> {
        vec![Box::new(Notes)]
    }
}

fn main() -> std::process::ExitCode {
    let server = Server::new(Notes);
    run(|stopping| server.stopping_with(stopping), Options::new("registry.terraform.io/example/notes"))
}
