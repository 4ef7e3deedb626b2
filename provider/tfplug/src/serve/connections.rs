//! Accepted connections: transport security, and counting them.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::Connected;

use super::socket::Listener;

/// How long a peer may take for the TLS handshake.
const TLS_HANDSHAKE: Duration = Duration::from_secs(30);
/// How long the process waits for a new connection after its last one was closed.
const RECONNECT: Duration = Duration::from_secs(1);
/// Connections that wait to be served. There is one per client.
const BACKLOG: usize = 8;

/// A bidirectional byte stream.
pub(super) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// The connections of the process.
pub(super) struct Connections {
    open: watch::Sender<usize>,
}

impl Connections {
    pub(super) fn new() -> Self {
        Self { open: watch::Sender::new(0) }
    }

    /// Accepts connections until `stopping`, each in a task of its own, so that a peer that stalls in its TLS
    /// handshake holds up nobody else.
    pub(super) fn accept(
        &self,
        listener: &Listener,
        acceptor: Option<TlsAcceptor>,
        stopping: &CancellationToken,
    ) -> mpsc::Receiver<io::Result<Connection>> {
        let (ready, incoming) = mpsc::channel(BACKLOG);
        let (socket, open, stopping) = (listener.socket(), self.open.clone(), stopping.clone());
        tokio::spawn(stopping.run_until_cancelled_owned(async move {
            loop {
                let accepted = match socket.accept().await {
                    Ok(io) => io,
                    Err(error) => {
                        tracing::warn!(%error, "accepting a connection failed");
                        // Such as too many open files: passes, but not at once.
                        let _ = timeout(Duration::from_millis(50), std::future::pending::<()>()).await;
                        continue;
                    }
                };
                let (acceptor, ready, open) = (acceptor.clone(), ready.clone(), open.clone());
                tokio::spawn(async move {
                    let io: Box<dyn Io> = match acceptor {
                        None => accepted,
                        Some(acceptor) => match timeout(TLS_HANDSHAKE, acceptor.accept(accepted)).await {
                            Ok(Ok(stream)) => Box::new(stream),
                            Ok(Err(error)) => return tracing::warn!(%error, "a TLS handshake failed"),
                            Err(_) => return tracing::warn!("a TLS handshake took longer than {TLS_HANDSHAKE:?}"),
                        },
                    };
                    // Fails only if the server has stopped.
                    let _ = ready.send(Ok(Connection { io, _open: OpenConnection::new(open) })).await;
                });
            }
        }));
        incoming
    }

    /// Asks to stop when the client has disconnected and does not come back: it has crashed, because one that is
    /// done says so.
    pub(super) fn stop_after_last(&self, stopping: &CancellationToken) {
        let mut open = self.open.subscribe();
        let stopping = stopping.clone();
        tokio::spawn(stopping.clone().run_until_cancelled_owned(async move {
            while open.wait_for(|count| *count > 0).await.is_ok() && open.wait_for(|count| *count == 0).await.is_ok() {
                if timeout(RECONNECT, open.wait_for(|count| *count > 0)).await.is_err() {
                    tracing::debug!("the client has disconnected: stopping");
                    return stopping.cancel();
                }
            }
        }));
    }
}

/// Counts as open until dropped.
struct OpenConnection(watch::Sender<usize>);

impl OpenConnection {
    fn new(open: watch::Sender<usize>) -> Self {
        open.send_modify(|count| *count += 1);
        Self(open)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// A connection that is ready for HTTP/2.
pub(super) struct Connection {
    io: Box<dyn Io>,
    _open: OpenConnection,
}

impl Connected for Connection {
    type ConnectInfo = ();
    fn connect_info(&self) -> Self::ConnectInfo {}
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
