//! An answer that arrives when the transaction is durable.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use engine_core::error::Fault;
use tokio::sync::oneshot;

/// The answer to a command: await it in async code, or [`Pending::wait`] for it on a thread of your own.
///
/// Dropping it does not cancel the command.
#[derive(Debug)]
#[must_use = "the command runs, but nobody learns whether it worked"]
pub struct Pending<T>(State<T>);

#[derive(Debug)]
enum State<T> {
    Ready(Option<Result<T, Fault>>),
    Waiting(oneshot::Receiver<Result<T, Fault>>),
}

impl<T> Pending<T> {
    /// An answer that is already there.
    pub fn ready(result: Result<T, Fault>) -> Self {
        Self(State::Ready(Some(result)))
    }

    /// An answer to come, and the end where it is put.
    pub fn channel() -> (oneshot::Sender<Result<T, Fault>>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self(State::Waiting(receiver)))
    }

    /// Blocks until the answer is there. Not for threads of an async runtime.
    ///
    /// # Errors
    /// The fault that rolled the command back.
    pub fn wait(self) -> Result<T, Fault> {
        match self.0 {
            State::Ready(result) => result.unwrap_or_else(|| Err(stopped())),
            State::Waiting(receiver) => receiver.blocking_recv().unwrap_or_else(|_| Err(stopped())),
        }
    }
}

impl<T: Unpin> Future for Pending<T> {
    type Output = Result<T, Fault>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Ready(result) => Poll::Ready(result.take().unwrap_or_else(|| Err(stopped()))),
            State::Waiting(receiver) => {
                Pin::new(receiver).poll(cx).map(|answer| answer.unwrap_or_else(|_| Err(stopped())))
            }
        }
    }
}

fn stopped() -> Fault {
    Fault::engine("the engine is stopping; the command may or may not have been carried out")
}
