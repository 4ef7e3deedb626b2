//! The life of the process: signals and the parent.

use std::io;

use tokio_util::sync::CancellationToken;

/// Ctrl-C goes to the whole process group, but it is Terraform that decides what it means: it is ignored, unless the
/// process serves by itself (`alone`). A termination signal stops the process in an orderly way. The token returned is
/// cancelled when a signal is the reason for stopping.
pub(super) fn handle_signals(alone: bool, stopping: &CancellationToken) -> io::Result<CancellationToken> {
    let signalled = CancellationToken::new();
    let stop = {
        let (signalled, stopping) = (signalled.clone(), stopping.clone());
        move || {
            signalled.cancel();
            stopping.cancel();
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    Some(()) = interrupt.recv() => {
                        if alone {
                            return stop();
                        }
                        tracing::debug!("ignoring an interrupt: Terraform decides what happens");
                    }
                    Some(()) = terminate.recv() => return stop(),
                    else => return,
                }
            }
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if alone {
                return stop();
            }
        }
    });
    Ok(signalled)
}

/// The process that started this one.
pub(super) struct Parent {
    #[cfg(unix)]
    id: u32,
}

impl Parent {
    /// To be called early: a parent that has died already cannot be recognised.
    pub(super) fn current() -> Self {
        Self {
            #[cfg(unix)]
            id: std::os::unix::process::parent_id(),
        }
    }

    /// Asks to stop when the parent is gone: a client that crashed says nothing.
    pub(super) fn stop_without(self, stopping: &CancellationToken) {
        #[cfg(unix)]
        {
            // A signal at the parent's death is no alternative: it comes when the thread that started us ends.
            let mut every_second = tokio::time::interval(std::time::Duration::from_secs(1));
            let stopping = stopping.clone();
            tokio::spawn(stopping.clone().run_until_cancelled_owned(async move {
                while std::os::unix::process::parent_id() == self.id {
                    every_second.tick().await;
                }
                tracing::debug!("the parent process is gone: stopping");
                stopping.cancel();
            }));
        }
        #[cfg(not(unix))]
        let _ = stopping;
    }
}
