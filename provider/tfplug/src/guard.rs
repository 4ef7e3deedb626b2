//! Running provider code so that whatever it does ends in an answer: a gRPC error would cost Terraform the object.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::diag::{Diag, Diags, Result};
use crate::duration;

/// How long an operation that was cancelled may take to end by itself, before it is left where it is. Whoever pressed
/// Ctrl-C once is to see Terraform end within three seconds.
const AFTER_CANCELLATION: Duration = Duration::from_secs(2);

/// How long an abandoned operation may take to drop what it holds. One that computes without a pause does not end.
const DROPPED_WITHIN: Duration = Duration::from_millis(500);

/// Runs an operation in a task of its own, so that a panic becomes a diagnostic and a Terraform that hangs up does not
/// stop it half-way; abandons it if it ignores its limit or its cancellation.
pub(crate) async fn guarded<T: Send + 'static>(
    type_name: &str,
    during: &str,
    limit: Duration,
    cancel: &CancellationToken,
    operation: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let mut task = tokio::spawn(tokio::time::timeout(limit, operation));
    let outcome = tokio::select! {
        outcome = &mut task => outcome,
        () = long_cancelled(cancel) => {
            task.abort();
            // What it holds is dropped now, and may save something.
            drop(tokio::time::timeout(DROPPED_WITHIN, &mut task).await);
            let detail = format!(
                "{type_name}: Terraform was interrupted, so {during} was aborted. A request that was in progress may \
                 still take effect. Run Terraform again: it refreshes the state first."
            );
            return Err(Diag::error(format!("Interrupted while {during}"), detail).into());
        }
    };
    match outcome {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => {
            let detail = format!("{type_name}: {during} was aborted after {}.", duration::format(limit));
            Err(Diag::error("Operation timed out", detail).into())
        }
        Err(failure) => match failure.try_into_panic() {
            Ok(payload) => Err(crashed(type_name, during, panic_text(payload.as_ref()))),
            Err(_) => Err(crashed(type_name, during, "the task was cancelled")),
        },
    }
}

#[expect(clippy::disallowed_methods, reason = "it waits for operations that do not wait by `Context::pause`")]
async fn long_cancelled(cancel: &CancellationToken) {
    cancel.cancelled().await;
    tokio::time::sleep(AFTER_CANCELLATION).await;
}

/// Runs something that does not wait, so that a panic becomes a diagnostic.
pub(crate) fn caught<T>(type_name: &str, during: &str, operation: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(operation)).map_err(|p| crashed(type_name, during, panic_text(p.as_ref())))
}

fn crashed(type_name: &str, during: &str, what: &str) -> Diags {
    Diag::bug(format!("Provider crashed while {during}"), format!("{type_name}: {what}.")).into()
}

fn panic_text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic without a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_operation_that_does_not_heed_its_cancellation_is_left_within_three_seconds() {
        let cancel = CancellationToken::new();
        let dropped = CancellationToken::new();
        let alive = dropped.clone().drop_guard();
        let operation = async move {
            std::future::pending::<()>().await;
            drop(alive);
            Ok(())
        };
        let started = std::time::Instant::now();
        cancel.cancel();
        let left = guarded("toy_thing", "creating the object", Duration::MAX, &cancel, operation).await;
        assert!(started.elapsed() < Duration::from_secs(3));
        assert_eq!(left.unwrap_err().0[0].summary, "Interrupted while creating the object");
        dropped.cancelled().await;
    }

    #[tokio::test]
    async fn an_operation_that_heeds_its_cancellation_answers_itself() {
        let cancel = CancellationToken::new();
        cancel.cancel();
        let operation = async {
            tokio::task::yield_now().await;
            Ok(())
        };
        guarded("toy_thing", "creating the object", Duration::MAX, &cancel, operation).await.unwrap();
    }
}
