//! go-plugin's own services and the health service.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio_stream::{Stream, StreamExt};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};

use super::OnRelease;
use crate::pb::health::health_check_response::ServingStatus;
use crate::pb::health::{
    HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse, health_server,
};
use crate::pb::plugin::{
    ConnInfo, Empty, StdioData, grpc_broker_server::GrpcBroker, grpc_controller_server::GrpcController,
    grpc_stdio_server::GrpcStdio,
};

/// A stream without items that ends when the process stops.
struct PendingStream<T> {
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    /// What the client sends, if it may: kept, because dropping it would close the stream.
    received: Option<Streaming<T>>,
}

impl<T> PendingStream<T> {
    fn until(stopping: &CancellationToken) -> Self {
        Self { stopping: Box::pin(stopping.clone().cancelled_owned()), received: None }
    }
}

impl<T> Stream for PendingStream<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.stopping.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        while let Some(received) = &mut self.received {
            match Pin::new(received).poll_next(cx) {
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(_) => return Poll::Ready(None),
                Poll::Pending => break,
            }
        }
        Poll::Pending
    }
}

/// Ends the process when the client is done with it.
pub(super) struct Controller {
    stopping: CancellationToken,
    on_release: OnRelease,
}

impl Controller {
    pub(super) fn new(stopping: &CancellationToken, on_release: OnRelease) -> Self {
        Self { stopping: stopping.clone(), on_release }
    }
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        tracing::debug!("the client is done: stopping");
        (self.on_release.0)();
        // The server lets calls in flight finish, so this answer still goes out.
        self.stopping.cancel();
        Ok(Response::new(Empty {}))
    }
}

/// The client reads our output from the pipes; nothing is sent here.
pub(super) struct Stdio(CancellationToken);

impl Stdio {
    pub(super) fn new(stopping: &CancellationToken) -> Self {
        Self(stopping.clone())
    }
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    async fn stream_stdio(&self, _request: Request<()>) -> Result<Response<BoxStream<StdioData>>, Status> {
        Ok(Response::new(Box::pin(PendingStream::until(&self.0))))
    }
}

/// Terraform opens the stream and sends nothing; no further connections are offered.
pub(super) struct Broker(CancellationToken);

impl Broker {
    pub(super) fn new(stopping: &CancellationToken) -> Self {
        Self(stopping.clone())
    }
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<BoxStream<ConnInfo>>, Status> {
        let silence = PendingStream { received: Some(request.into_inner()), ..PendingStream::until(&self.0) };
        Ok(Response::new(Box::pin(silence)))
    }
}

/// Everything is served from the first moment on.
pub(super) struct Health(CancellationToken);

/// The server as a whole, the name that go-plugin hosts ask for, and the one actual service.
const HEALTHY: &[&str] = &["", "plugin", "tfplugin6.Provider"];

impl Health {
    pub(super) fn new(stopping: &CancellationToken) -> Self {
        Self(stopping.clone())
    }
}

fn health(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}

#[tonic::async_trait]
impl health_server::Health for Health {
    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        let service = &request.get_ref().service;
        if HEALTHY.contains(&service.as_str()) {
            Ok(Response::new(health(ServingStatus::Serving)))
        } else {
            Err(Status::not_found(format!("there is no service {service:?}")))
        }
    }

    async fn list(&self, _request: Request<HealthListRequest>) -> Result<Response<HealthListResponse>, Status> {
        let statuses: BTreeMap<_, _> =
            HEALTHY.iter().map(|name| ((*name).to_owned(), health(ServingStatus::Serving))).collect();
        Ok(Response::new(HealthListResponse { statuses }))
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<BoxStream<HealthCheckResponse>>, Status> {
        let known = HEALTHY.contains(&request.get_ref().service.as_str());
        let now = health(if known { ServingStatus::Serving } else { ServingStatus::ServiceUnknown });
        Ok(Response::new(Box::pin(tokio_stream::once(Ok(now)).chain(PendingStream::until(&self.0)))))
    }
}
