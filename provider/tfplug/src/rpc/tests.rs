//! When operations are cancelled, and what is not reported to the user. What the calls do is tested over the protocol, in
//! `tests/suite`.

use tonic::Request;

use super::convert::diagnostics;
use super::*;
use crate::diag::Diag;
use crate::pb::tfplugin6::provider_server::Provider as _;

struct Nothing;

#[async_trait::async_trait]
impl Provider for Nothing {
    type Client = ();

    fn name(&self) -> &'static str {
        "nothing"
    }

    fn schema(&self) -> Schema {
        unreachable!("no test here asks for a schema")
    }

    async fn configure(&self, _config: Value, _terraform_version: &str) -> Result<()> {
        Ok(())
    }

    fn resources(&self) -> Vec<Box<dyn crate::resource::Resource<()>>> {
        Vec::new()
    }
}

#[tokio::test]
async fn stop_provider_cancels_what_runs_but_not_what_follows() {
    let server = Server::new(Nothing);
    let running = server.scope().cancel;
    server.stop_provider(Request::new(pb::stop_provider::Request {})).await.unwrap();
    assert!(running.is_cancelled());
    assert!(!server.scope().cancel.is_cancelled());
}

#[tokio::test]
async fn the_end_of_the_process_cancels_everything() {
    let stopping = CancellationToken::new();
    let server = Server::new(Nothing).stopping_with(stopping.clone());
    let before = server.scope().cancel;
    server.stop_provider(Request::new(pb::stop_provider::Request {})).await.unwrap();
    assert!(before.is_cancelled() && !stopping.is_cancelled());
    let after = server.scope().cancel;
    assert!(!after.is_cancelled());
    stopping.cancel();
    assert!(after.is_cancelled() && server.scope().cancel.is_cancelled());
}

#[test]
fn diagnostics_hold_no_registered_secret() {
    crate::log::redactor().register("wJalrXUtnFEMI");
    let diag = Diag::error("Refused for wJalrXUtnFEMI", "The token: wJalrXUtnFEMI is not valid.");
    let [sent] = diagnostics(&diag.into()).try_into().unwrap();
    assert_eq!(sent.summary, "Refused for ***");
    assert_eq!(sent.detail, "The token: *** is not valid.");
}

#[test]
fn a_diagnostic_points_no_deeper_than_terraform_can_show_and_says_the_rest() {
    use crate::value::Path;
    for (path, sent) in [
        ("a", "a"),
        ("a[1]", "a[1]"),
        ("a[1].b.c", "a[1]"),
        ("a.b", "a[\"b\"]"),
        ("a.b[0]", "a[\"b\"]"),
        ("a[\"k\"].b", "a"),
        ("a[*].b", "a"),
    ] {
        let exact = Path::parse(path);
        let [message] = diagnostics(&Diag::error("Wrong", "It is.").at(exact.clone()).into()).try_into().unwrap();
        assert_eq!(message.attribute, Some(convert::attribute_path(&Path::parse(sent).0)), "{path}");
        assert_eq!(message.detail.contains(&format!("`{path}`")), exact.0.len() > 1, "{}", message.detail);
        let named = Diag::error("Wrong", format!("`{path}` is.")).at(exact);
        let [message] = diagnostics(&named.clone().into()).try_into().unwrap();
        assert_eq!(message.detail, named.detail, "said once");
    }
    let [message] = diagnostics(&Diag::error("Wrong", "All of it.").into()).try_into().unwrap();
    assert_eq!((message.attribute, message.detail.as_str()), (None, "All of it."));
}
