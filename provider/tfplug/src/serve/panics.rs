//! Turns a panic in a handler into a gRPC error of that call.

use std::convert::Infallible;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tower::Layer;

/// Wraps a server so that a panic is the answer to one call, not the end of its connection.
#[derive(Clone, Copy)]
pub(super) struct CatchPanicLayer;

impl<S> Layer<S> for CatchPanicLayer {
    type Service = CatchPanic<S>;
    fn layer(&self, inner: S) -> Self::Service {
        CatchPanic(inner)
    }
}

/// See [`CatchPanicLayer`].
#[derive(Clone)]
pub(super) struct CatchPanic<S>(S);

impl<S, R> Service<http::Request<R>> for CatchPanic<S>
where
    S: Service<http::Request<R>, Response = http::Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<R>) -> Self::Future {
        let path = request.uri().path().to_owned();
        match catch_unwind(AssertUnwindSafe(|| self.0.call(request))) {
            Ok(future) => Box::pin(CatchUnwind { future: Box::pin(future), path }),
            Err(_) => Box::pin(std::future::ready(Ok(answer(&path)))),
        }
    }
}

/// What the client receives. The panic itself was reported by the panic hook.
fn answer(path: &str) -> http::Response<Body> {
    Status::internal(format!("{path} stopped because of a bug in the provider; its log has the details")).into_http()
}

struct CatchUnwind<F> {
    future: Pin<Box<F>>,
    path: String,
}

impl<F: Future<Output = Result<http::Response<Body>, Infallible>>> Future for CatchUnwind<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let future = &mut self.future;
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(poll) => poll,
            Err(_) => Poll::Ready(Ok(answer(&self.path))),
        }
    }
}
