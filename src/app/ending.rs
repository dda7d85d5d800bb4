//! How a node stops: it says that it is not ready, tells those who follow something to come back elsewhere, and answers what
//! was asked.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::dev::ServerHandle;

/// How long requests are still taken in after it was said, so that whoever hands them out has noticed.
pub const GRACE: Duration = Duration::from_secs(2);

/// Whether the node is about to stop. Shared by all of a process.
#[derive(Clone, Default)]
pub struct Ending(Arc<AtomicBool>);

impl Ending {
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits until the process is told to stop, and stops the server: with SIGTERM gently, with SIGINT (Ctrl-C) at once.
    pub async fn wait(self, server: ServerHandle) -> std::io::Result<()> {
        if told().await? {
            tracing::info!("not ready any more, and about to stop");
            self.begin();
            tokio::time::sleep(GRACE).await;
            server.stop(true).await;
        } else {
            self.begin();
            server.stop(false).await;
        }
        Ok(())
    }
}

/// Gives whether there is time.
#[cfg(unix)]
async fn told() -> std::io::Result<bool> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut gently, mut now) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(tokio::select! {
        _ = gently.recv() => true,
        _ = now.recv() => false,
    })
}

#[cfg(not(unix))]
async fn told() -> std::io::Result<bool> {
    tokio::signal::ctrl_c().await.map(|()| false)
}
