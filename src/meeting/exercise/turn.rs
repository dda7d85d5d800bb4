//! The order in which the notes of an exercise become true: places are given out in turn, so that whoever follows and has all
//! up to one place has all that ever will be before it.

use sea_orm::{Condition, entity::prelude::*};

use crate::{
    auth::policy::Resource,
    error::{Error, Result},
    id::{ConsortiumId, ExerciseId},
    meeting::entity::KEEPERS,
    tenancy::{Admission, Reach, SeatRole, Subject, TenantRows, TenantTx, Turn, Visibility},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "exercise_turn")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub consortium_id: ConsortiumId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub exercise_id: ExerciseId,
    /// The last place that was given out.
    pub last: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantRows for Entity {
    const RESOURCE: Resource = Resource::Note;
    const OWNER: Column = Column::ConsortiumId;
    const ID: Column = Column::ExerciseId;
    const ADMISSION: Admission = Admission::Seat(KEEPERS);
    const TOLD: bool = false;
    const STAMPED: bool = false;

    fn readable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[])
    }

    fn writable(reach: &Reach) -> Condition {
        reach.seated(Column::ConsortiumId, &[SeatRole::Coordinator, SeatRole::Member])
    }

    fn subject(row: &Model) -> Subject {
        Subject {
            id: row.exercise_id.0,
            consortium: Some(row.consortium_id),
            visibility: Visibility::Private,
            version: 1,
        }
    }
}

/// Waits its turn among all who write in an exercise, open it or close it, and holds it until the write ends.
pub async fn hold(tx: &TenantTx, exercise: ExerciseId) -> Result<()> {
    tx.lock(&format!("exercise {exercise}"), Turn::Alone).await
}

/// The last place that was given out.
pub async fn last(tx: &TenantTx, exercise: ExerciseId) -> Result<i64> {
    let row = tx.find::<Entity>()?.filter(Column::ExerciseId.eq(exercise)).one().await?;
    Ok(row.map_or(0, |row| row.last))
}

/// Takes so many places, and gives the first; whoever follows is told when the write is true. Held: see [`hold`].
pub async fn take(tx: &TenantTx, exercise: ExerciseId, many: usize) -> Result<i64> {
    let before = last(tx, exercise).await?;
    let after = before + i64::try_from(many).map_err(Error::internal)?;
    let values = vec![(Column::Last, after.into())];
    tx.align::<Entity>(Column::ExerciseId.eq(exercise), values).await?;
    tx.beat(exercise.0, after);
    Ok(before + 1)
}
