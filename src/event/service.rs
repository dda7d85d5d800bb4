use std::{collections::VecDeque, time::Duration};

use futures_util::{Stream, stream};
use sea_orm::{ColumnTrait, Order};

use super::{Column, Entity, Event, Model};
use crate::{
    error::{Code, Error, Result},
    id::RowId,
    page::{Page, PageArgs, Wish},
    tenancy::{TenantScope, pulse::Beats},
};

/// How many events are read at once for somebody who follows, and kept until it has taken them.
const PART: u64 = 50;

/// Between two looks of one who follows.
const BREATH: Duration = Duration::from_millis(50);

/// What the caller's library did, in turn.
pub async fn list(scope: &TenantScope, page: PageArgs) -> Result<Page<Event>> {
    let wish = wish(scope, page)?;
    let tx = scope.read().await?;
    let rows = tx.find::<Entity>()?.page_in_turn(Column::Seq, &wish).await?;
    Ok(Page::of(rows, &wish, |row| row.seq.to_string()).map(|row| shape(row, &wish)))
}

/// What the caller's library does from now on, or did after a cursor of the list, or did from the start of what is kept: one by
/// one as it becomes true, each once and none left out. It never ends by itself.
pub async fn added(
    scope: TenantScope,
    after: Option<String>,
    from_start: bool,
) -> Result<impl Stream<Item = Result<Event>> + use<>> {
    let wish = wish(&scope, PageArgs { first: None, after })?;
    // First of all, so that nothing falls between the look and the listening.
    let beats = scope.pulse();
    let last = match &wish.after {
        Some(place) => place.parse().map_err(|_| Error::new(Code::BadCursor))?,
        None if from_start => 0,
        None => end(&scope).await?,
    };
    let follower = Follower { scope, wish, beats, last, ready: VecDeque::new() };
    Ok(stream::try_unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Ok(Some((event, follower)))
    }))
}

/// Somebody who follows.
struct Follower {
    scope: TenantScope,
    wish: Wish,
    beats: Beats,
    /// The place of the last event that was read.
    last: i64,
    ready: VecDeque<Model>,
}

impl Follower {
    async fn next(&mut self) -> Result<Event> {
        loop {
            if let Some(row) = self.ready.pop_front() {
                return Ok(shape(row, &self.wish));
            }
            self.beats.known();
            self.ready = after(&self.scope, self.last).await?.into();
            match self.ready.back() {
                Some(row) => self.last = row.seq,
                None => {
                    self.beats.next().await;
                    // Whatever comes close together is read at once.
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
    }
}

async fn after(scope: &TenantScope, last: i64) -> Result<Vec<Model>> {
    let tx = scope.read().await?;
    let find = tx.find::<Entity>()?.filter(Column::Seq.gt(last));
    find.order_by(Column::Seq, Order::Asc).limit(PART).all().await
}

/// The place of the last event.
async fn end(scope: &TenantScope) -> Result<i64> {
    let tx = scope.read().await?;
    let last = tx.find::<Entity>()?.order_by(Column::Seq, Order::Desc).limit(1).one().await?;
    Ok(last.map_or(0, |row| row.seq))
}

/// One question for the list and for who follows, so that the cursor of either is good for both.
fn wish(scope: &TenantScope, page: PageArgs) -> Result<Wish> {
    scope.page(&page, "events")
}

fn shape(row: Model, wish: &Wish) -> Event {
    Event {
        id: row.id,
        sequence: row.seq,
        cursor: wish.cursor(&row.seq.to_string()),
        kind: row.kind,
        subject_kind: row.subject_kind,
        subject_id: RowId(row.subject_id),
        consortium_id: row.consortium_id,
        visibility: row.visibility,
        version: row.version,
        at: row.at,
    }
}
