//! `samvirke retention`, and the same by a serving node: what is over its time goes, and who waits for a day is told of it.

use std::time::Duration;

use super::open;
use crate::{
    config::Config,
    error::Result,
    tenancy::{self, Db},
    when,
};

pub async fn run(config: &Config) -> Result<()> {
    let app = open(config).await?;
    for swept in tenancy::sweep(&app.db).await? {
        println!("{:<20} {} rows", swept.table, swept.rows);
    }
    println!("{:<20} {} done", "erasures", tenancy::erase(&app.db, None).await?);
    println!("{:<20} {} told", "reminders", tenancy::remind(&app.db, when::now().date_naive()).await?);
    app.db.close().await;
    Ok(())
}

/// Sweeps now and every so many hours. What fails is logged, and tried again the next time.
pub fn start(db: Db, hours: u32) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        if hours == 0 {
            return;
        }
        let mut clock = tokio::time::interval(Duration::from_secs(u64::from(hours) * 3_600));
        loop {
            clock.tick().await;
            match tenancy::erase(&db, None).await {
                Ok(0) => {}
                Ok(erasures) => tracing::info!(erasures, "what was asked to be forgotten is removed"),
                Err(error) => {
                    tracing::error!(error = %error, cause = ?error.cause, "what is to be forgotten stays for now")
                }
            }
            match tenancy::remind(&db, when::now().date_naive()).await {
                Ok(0) => {}
                Ok(reminders) => tracing::info!(reminders, "who waits for a day is told of it"),
                Err(error) => {
                    tracing::warn!(error = %error, cause = ?error.cause, "who waits for a day is told of it later")
                }
            }
            match tenancy::sweep(&db).await {
                Ok(swept) => {
                    let rows: u64 = swept.iter().map(|swept| swept.rows).sum();
                    tracing::info!(rows, "what was over its time is removed");
                }
                Err(error) => {
                    tracing::warn!(error = %error, cause = ?error.cause, "what is over its time stays for now")
                }
            }
        }
    })
}
