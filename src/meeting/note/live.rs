//! Notes while they are written: each that somebody may see, once.
//!
//! Whoever follows remembers one place in the order of the exercise, and asks one question when there is something new,
//! through its own scope: the row rules say what it sees. The more follow, the longer each waits before it looks, so that a
//! wall of notes in front of two hundred people costs no more questions than one in front of twenty.

use std::{collections::VecDeque, time::Duration};

use futures_util::{Stream, stream};
use sea_orm::{
    Order,
    sea_query::{CaseStatement, Condition, ExprTrait, SimpleExpr},
};

use super::{
    Column, Entity, Note,
    read::{Found, written},
};
use crate::{
    error::Result,
    id::ExerciseId,
    meeting::exercise::{self, turn},
    tenancy::{TenantScope, of, pulse::Beats},
};

/// How many notes are read at once for somebody who follows, and kept until it has taken them.
const PART: u64 = 100;

/// Between two looks: so long, and so much longer for each who follows beside.
const BREATH: Duration = Duration::from_millis(50);
const BESIDE: Duration = Duration::from_millis(2);

/// The notes of an exercise that the caller may see, as they are written or first shown; with those that are there already,
/// when they are wished for. It never ends by itself.
pub async fn added(
    scope: TenantScope,
    exercise: ExerciseId,
    from_start: bool,
) -> Result<impl Stream<Item = Result<Note>> + use<>> {
    // First of all, so that nothing falls between the look and the listening.
    let beats = scope.topic(exercise.0);
    let last = {
        let tx = scope.read().await?;
        tx.get::<exercise::Entity>(exercise.0).await?;
        if from_start { 0 } else { turn::last(&tx, exercise).await? }
    };
    let follower = Follower { scope, exercise, beats, last, ready: VecDeque::new() };
    Ok(stream::try_unfold(follower, |mut follower| async move {
        let note = follower.next().await?;
        Ok(Some((note, follower)))
    }))
}

/// Somebody who follows.
struct Follower {
    scope: TenantScope,
    exercise: ExerciseId,
    beats: Beats,
    /// The place of the last note that was read.
    last: i64,
    ready: VecDeque<Found>,
}

impl Follower {
    async fn next(&mut self) -> Result<Note> {
        loop {
            if let Some(found) = self.ready.pop_front() {
                return Ok(found.shape(&self.scope));
            }
            self.beats.known();
            self.ready = self.after().await?.into();
            match self.ready.back() {
                Some(found) => self.last = self.place(found),
                None => {
                    self.beats.next().await;
                    // Whatever comes close together is read at once.
                    tokio::time::sleep(BREATH + BESIDE * self.scope.crowd(self.exercise.0)).await;
                }
            }
        }
    }

    /// Where a note stands for this one: its own since it was written, another's since it was shown.
    fn place(&self, found: &Found) -> i64 {
        if found.row.tenant_id == self.scope.tenant() {
            found.row.place
        } else {
            found.row.shown_place.unwrap_or(found.row.place)
        }
    }

    async fn after(&self) -> Result<Vec<Found>> {
        let tx = self.scope.read().await?;
        let own = || of("n", Column::TenantId).eq(tx.me().0);
        let news = Condition::any()
            .add(Condition::all().add(own()).add(of("n", Column::Place).gt(self.last)))
            .add(Condition::all().add(own().not()).add(of("n", Column::ShownPlace).gt(self.last)));
        let place: SimpleExpr = CaseStatement::new()
            .case(own(), of("n", Column::Place))
            .finally(of("n", Column::ShownPlace))
            .into();
        let question = written(tx.question().from::<Entity>("n"))
            .filter(of("n", Column::ExerciseId).eq(self.exercise.0))
            .filter(news)
            .order_by(place, Order::Asc)
            .limit(PART);
        tx.answer(question).await
    }
}
