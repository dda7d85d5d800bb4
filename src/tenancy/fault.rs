//! What the database said, in our words. Its own words stay in the log.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

use crate::error::{Code, Error};

/// PostgreSQL's codes for «not now, and not because of what was asked»: a lock or a statement took too long, two
/// transactions were in each other's way, the server is full, or it is going down.
const NOT_NOW: &[&str] = &["55P03", "57014", "40001", "40P01", "53", "57P0"];

/// SQLite's primary codes for the same: BUSY and LOCKED.
const BUSY: [i32; 2] = [5, 6];

/// A statement failed.
pub(super) fn failed(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Error::new(Code::Conflict).because(error),
        // A reference to a row that is not there, or not the caller's.
        Some(SqlErr::ForeignKeyConstraintViolation(_)) => Error::not_found().because(error),
        _ if is_not_now(&error) => Error::new(Code::Unavailable).because(error),
        _ => Error::internal(error),
    }
}

/// No connection, no transaction, or no commit.
pub(super) fn unavailable(error: sqlx::Error) -> Error {
    Error::new(Code::Unavailable).because(error)
}

/// True when the same request may succeed a moment later.
pub(super) fn is_not_now(error: &DbErr) -> bool {
    let inner = match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return true,
        DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => inner,
        _ => return false,
    };
    match inner.as_ref() {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        sqlx::Error::Database(told) => told.code().is_some_and(|code| {
            if told.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
                NOT_NOW.iter().any(|class| code.starts_with(class))
            } else {
                // The lowest byte of SQLite's extended code is the primary one.
                code.parse::<i32>().is_ok_and(|code| BUSY.contains(&(code & 0xff)))
            }
        }),
        _ => false,
    }
}
