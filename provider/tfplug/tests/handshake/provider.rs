//! A provider with nothing but an empty data source, which misbehaves on request. The handshake tests start it as Terraform would.

use std::process::ExitCode;
use std::time::Duration;

use tfplug::pb::tfplugin6::provider_server::Provider;
use tfplug::pb::tfplugin6::{
    Schema, call_function, configure_provider, get_provider_schema, list_resource, read_data_source, schema,
    validate_data_resource_config, validate_provider_config,
};
use tfplug::serve::{Options, run};
use tokio_util::sync::CancellationToken;
use tonic::codegen::{BoxStream, tokio_stream};
use tonic::{Request, Response, Status};

struct Bare {
    stopping: CancellationToken,
}

#[tonic::async_trait]
impl Provider for Bare {
    async fn get_provider_schema(
        &self,
        _request: Request<get_provider_schema::Request>,
    ) -> Result<Response<get_provider_schema::Response>, Status> {
        let empty = Schema { version: 0, block: Some(schema::Block::default()) };
        Ok(Response::new(get_provider_schema::Response {
            provider: Some(empty.clone()),
            data_source_schemas: [("bare_nothing".to_owned(), empty)].into(),
            ..Default::default()
        }))
    }

    async fn validate_data_resource_config(
        &self,
        _request: Request<validate_data_resource_config::Request>,
    ) -> Result<Response<validate_data_resource_config::Response>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn read_data_source(
        &self,
        request: Request<read_data_source::Request>,
    ) -> Result<Response<read_data_source::Response>, Status> {
        let state = request.into_inner().config;
        Ok(Response::new(read_data_source::Response { state, ..Default::default() }))
    }

    async fn validate_provider_config(
        &self,
        _request: Request<validate_provider_config::Request>,
    ) -> Result<Response<validate_provider_config::Response>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn configure_provider(
        &self,
        request: Request<configure_provider::Request>,
    ) -> Result<Response<configure_provider::Response>, Status> {
        let version = &request.get_ref().terraform_version;
        tracing::info!(version, password = "hunter2", "configured by Terraform");
        Ok(Response::new(Default::default()))
    }

    /// The function `echo` returns its first argument, `panic` panics, `wait` never returns, and `finish` returns
    /// a second and a half after the process is asked to stop.
    async fn call_function(
        &self,
        request: Request<call_function::Request>,
    ) -> Result<Response<call_function::Response>, Status> {
        let call_function::Request { name, mut arguments } = request.into_inner();
        match name.as_str() {
            "echo" => Ok(Response::new(call_function::Response { result: arguments.pop(), error: None })),
            "panic" => misbehave("secret=sesame"),
            "finish" => {
                self.stopping.cancelled().await;
                let _ = tokio::time::timeout(Duration::from_millis(1500), std::future::pending::<()>()).await;
                Ok(Response::new(call_function::Response { result: arguments.pop(), error: None }))
            }
            "wait" => std::future::pending().await,
            _ => Err(Status::not_found(name)),
        }
    }

    /// A stream that panics instead of yielding anything.
    async fn list_resource(
        &self,
        _request: Request<list_resource::Request>,
    ) -> Result<Response<BoxStream<list_resource::Event>>, Status> {
        use tokio_stream::StreamExt;
        Ok(Response::new(Box::pin(tokio_stream::once(()).map(|()| misbehave("in a stream")))))
    }
}

#[allow(clippy::panic, reason = "this is what the tests are about")]
fn misbehave<T>(how: &str) -> T {
    panic!("misbehaving on request: {how}")
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let options = Options::new("registry.terraform.io/example/bare").debug(given("--debug")).tcp(given("--tcp"));
    run(|stopping| Bare { stopping }, options)
}
