//! A library's rows as they are, out of one node and into another: table by table, column by column as declared.
//!
//! Out goes what the field register says the export has, and of that the library's own rows alone. In comes what is the
//! library's whoever its neighbours are; the database lets rows in only for the library that is brought, and changes none.

use chrono::{DateTime, Utc};
use migration::{
    carrying::{CARRIED, Carried},
    table::Column,
    tables::TABLES,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryResult, Statement, TryGetable, Value,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Order, Query, SimpleExpr},
};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    Db,
    conn::Conn,
    db::{Duty, Who},
    fault::{failed, unavailable},
    standing::Stood,
    tx::TenantTx,
};
use crate::{
    activity, agreement,
    auth::policy::{Action, Resource},
    commitment, competence,
    concept::definition,
    error::{Code, Error, Result},
    funding,
    id::TenantId,
    privacy::fields,
    product, project,
    registry::{contact, tenant},
    statement, text, when,
};

/// One row, with the table that it is of.
pub type Row = (&'static str, Map<String, Json>);

impl TenantTx {
    /// Every row that the caller's library owns, as the register has it for the export; `most` rows at the most.
    pub async fn carry_out(&self, most: usize) -> Result<Vec<Row>> {
        if !self.caller().may(Action::Read, Resource::Export) {
            return Err(Error::new(Code::Forbidden));
        }
        let mut rows = Vec::new();
        for table in TABLES {
            let Some(of) = owner(table.name) else { continue };
            let columns: Vec<Column> =
                table.columns().filter(|column| fields::exported(table.name, column.name)).collect();
            if columns.is_empty() {
                continue;
            }
            let mut select = Query::select();
            select.from(Alias::new(table.name)).and_where(Expr::col(Alias::new(of)).eq(self.me().0));
            for column in &columns {
                select.column(Alias::new(column.name));
            }
            for key in table.key {
                select.order_by(Alias::new(*key), Order::Asc);
            }
            select.limit((most + 1).saturating_sub(rows.len()) as u64);
            let conn = self.connection();
            let found =
                conn.query_all_raw(conn.get_database_backend().build(&select)).await.map_err(failed)?;
            for row in found {
                rows.push((table.name, read(&row, &columns).map_err(failed)?));
            }
            if rows.len() > most {
                return Err(Error::new(Code::PayloadTooLarge).with("limit", most));
            }
        }
        Ok(rows)
    }
}

/// The column that names the library whose row it is.
fn owner(table: &str) -> Option<&'static str> {
    let table = TABLES.iter().find(|t| t.name == table)?;
    match table.name {
        "tenant" => Some("id"),
        _ => table.columns().any(|column| column.name == "tenant_id").then_some("tenant_id"),
    }
}

fn read(row: &QueryResult, columns: &[Column]) -> Result<Map<String, Json>, DbErr> {
    fn get<T: TryGetable + serde::Serialize>(row: &QueryResult, name: &str) -> Result<Json, DbErr> {
        let value: Option<T> = row.try_get("", name)?;
        serde_json::to_value(value).map_err(|e| DbErr::Type(e.to_string()))
    }
    let mut out = Map::new();
    for column in columns {
        let value = match column.kind {
            "uuid" => get::<Uuid>(row, column.name)?,
            "int" => get::<i64>(row, column.name)?,
            "bool" => get::<bool>(row, column.name)?,
            "real" => get::<f64>(row, column.name)?,
            "json" => get::<Json>(row, column.name)?,
            "time" => get::<DateTime<Utc>>(row, column.name)?,
            _ => get::<String>(row, column.name)?,
        };
        if value != Json::Null {
            out.insert(column.name.to_owned(), value);
        }
    }
    Ok(out)
}

/// What became of a library that was brought.
#[derive(Debug, Default)]
pub struct Brought {
    pub rows: usize,
    /// Rows that could not come along, with the reason.
    pub left: Vec<(String, &'static str)>,
}

/// Brings a library that is not here yet. All of it, or nothing.
pub async fn carry_in(db: &Db, library: TenantId, rows: Vec<(String, Map<String, Json>)>) -> Result<Brought> {
    if library == TenantId::NODE {
        return Err(Error::new(Code::Forbidden));
    }
    let who = Who { tenant: Some(library.0), duty: Duty::Restore, client: None };
    let conn = db.begin_write(who).await?;
    if there(&conn, "tenant", "id", &Json::from(library.to_string())).await? {
        return Err(Error::new(Code::Conflict));
    }
    let mut brought = Brought::default();
    for carried in CARRIED {
        let mut of_table: Vec<_> = rows.iter().filter(|(table, _)| table == carried.table).collect();
        of_table.sort_by_key(|(_, row)| carried.follows.is_some_and(|column| row.contains_key(column)));
        for (_, row) in of_table {
            match bring(&conn, carried, library, row).await? {
                None => brought.rows += 1,
                Some(why) => brought.left.push((carried.table.to_owned(), why)),
            }
        }
    }
    for (table, _) in rows.iter().filter(|(table, _)| !CARRIED.iter().any(|c| c.table == table)) {
        brought.left.push((table.clone(), "of the node that it was on"));
    }
    sound(&conn, library).await?;
    conn.commit().await.map_err(unavailable)?;
    Ok(brought)
}

/// Nothing, or why the row stays behind.
async fn bring(
    conn: &Conn,
    carried: &Carried,
    library: TenantId,
    row: &Map<String, Json>,
) -> Result<Option<&'static str>> {
    let bad =
        |why: &str| Error::new(Code::MalformedRequest).with("reason", format!("{}: {why}", carried.table));
    let table = TABLES.iter().find(|t| t.name == carried.table).ok_or_else(|| bad("no table"))?;
    let of = owner(carried.table).unwrap_or_default();
    if row.get(of).and_then(Json::as_str) != Some(library.to_string().as_str()) {
        return Err(bad("a row of another library"));
    }
    if carried.own.iter().any(|own| row.get(*own) != row.get(of)) {
        return Ok(Some("another library's to give or to say"));
    }
    if let Some(name) = row.keys().find(|name| !table.columns().any(|column| column.name == *name)) {
        return Err(bad(&format!("no column {name}")));
    }
    let until = row.get("consent_until").and_then(Json::as_str).and_then(|t| t.parse::<DateTime<Utc>>().ok());
    if until.is_some_and(|until| until <= when::now()) {
        return Ok(Some("consent is over"));
    }
    let mut row = row.clone();
    // Whom it was for is on another node: how it stood there is nobody's business here.
    if row.contains_key("consortium_id") && table.columns().any(|column| column.name == "stood") {
        let stood = serde_json::to_value(Stood::elsewhere(when::now())).map_err(Error::internal)?;
        row.insert("stood".to_owned(), stood);
    }
    // A consortium is on its own node.
    for column in carried.loosened {
        row.remove(*column);
    }
    for (column, of) in carried.needs {
        let Some(value) = row.get(*column) else { continue };
        if !there(conn, of, "id", value).await? {
            return Ok(Some("names what is not on this node"));
        }
    }
    let mut insert = Query::insert();
    let mut names = Vec::new();
    let mut values: Vec<SimpleExpr> = Vec::new();
    for column in table.columns() {
        let Some(value) = row.get(column.name) else { continue };
        if let Some(why) = unfit(column.name, value) {
            return Err(bad(&format!("{}: {why}", column.name)));
        }
        let value = bound(column.kind, value)
            .ok_or_else(|| bad(&format!("{} is no {}", column.name, column.kind)))?;
        names.push(Alias::new(column.name));
        values.push(value.into());
    }
    insert.into_table(Alias::new(carried.table)).columns(names);
    insert.values(values).map_err(Error::internal)?;
    conn.execute_raw(conn.get_database_backend().build(&insert)).await.map_err(failed)?;
    Ok(None)
}

/// The longest text that any noun takes, and some.
const LONGEST: usize = 10_000;

/// Why no text of a value may stand in a row: what the service takes from nobody is not taken from an archive.
fn unfit(column: &str, value: &Json) -> Option<&'static str> {
    match value {
        // A number of ours, and no text.
        Json::String(_) if column == "principal" => None,
        // Ours too; what an archive says is looked at in its row, and some of these digits look like somebody's.
        Json::String(_) if column == "digest" => None,
        Json::String(text) if text::national::stands_in(text) => Some("holds a national identity number"),
        Json::String(text) if text.chars().count() > LONGEST => Some("is too long"),
        Json::String(text) if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) => {
            Some("holds a control character")
        }
        Json::Array(items) => items.iter().find_map(|item| unfit(column, item)),
        Json::Object(fields) => fields.values().find_map(|item| unfit(column, item)),
        Json::Number(n) if column == "version" && !n.as_i64().is_some_and(|n| (1..1 << 40).contains(&n)) => {
            Some("is no version")
        }
        _ => None,
    }
}

/// Reads everything that was brought as the service will, and asks of each row what its noun asks of an input.
async fn sound(conn: &Conn, library: TenantId) -> Result<()> {
    for row in read_back::<tenant::Entity>(conn, tenant::Column::Id, library).await? {
        tenant::service::check_row(&row)?;
    }
    for row in read_back::<contact::Entity>(conn, contact::Column::TenantId, library).await? {
        contact::service::check(&row, true)?;
    }
    for row in read_back::<statement::Entity>(conn, statement::Column::TenantId, library).await? {
        statement::check::row(&row)?;
    }
    for row in read_back::<definition::Entity>(conn, definition::Column::TenantId, library).await? {
        definition::service::check_row(&row)?;
    }
    for row in read_back::<commitment::Entity>(conn, commitment::Column::TenantId, library).await? {
        commitment::check::row(&row)?;
    }
    for row in read_back::<product::Entity>(conn, product::Column::TenantId, library).await? {
        product::check::row(&row)?;
    }
    for row in read_back::<funding::Entity>(conn, funding::Column::TenantId, library).await? {
        funding::check::row(&row)?;
    }
    for row in
        read_back::<agreement::wording::Entity>(conn, agreement::wording::Column::TenantId, library).await?
    {
        agreement::check::brought(&row)?;
    }
    for row in read_back::<activity::Entity>(conn, activity::Column::TenantId, library).await? {
        activity::check::row(&row)?;
    }
    read_back::<tenant::area::Entity>(conn, tenant::area::Column::TenantId, library).await?;
    read_back::<competence::Entity>(conn, competence::Column::TenantId, library).await?;
    read_back::<competence::history::Entity>(conn, competence::history::Column::TenantId, library).await?;
    read_back::<competence::statement::Entity>(conn, competence::statement::Column::TenantId, library)
        .await?;
    read_back::<project::Entity>(conn, project::Column::TenantId, library).await?;
    read_back::<project::participant::Entity>(conn, project::participant::Column::TenantId, library).await?;
    read_back::<project::transition::Entity>(conn, project::transition::Column::TenantId, library).await?;
    read_back::<product::credit::Entity>(conn, product::credit::Column::TenantId, library).await?;
    read_back::<agreement::Entity>(conn, agreement::Column::TenantId, library).await?;
    let signed = agreement::signature::Column::TenantId;
    for row in read_back::<agreement::signature::Entity>(conn, signed, library).await? {
        agreement::check::signed(&row)?;
    }
    read_back::<commitment::step::Entity>(conn, commitment::step::Column::TenantId, library).await?;
    Ok(())
}

async fn read_back<E: EntityTrait>(conn: &Conn, of: E::Column, library: TenantId) -> Result<Vec<E::Model>> {
    E::find().filter(of.eq(library)).all(conn).await.map_err(|e| {
        let reason = format!("{}: a row that this node cannot read", E::default().table_name());
        Error::new(Code::MalformedRequest).with("reason", reason).because(e)
    })
}

fn bound(kind: &str, value: &Json) -> Option<Value> {
    Some(match kind {
        "uuid" => value.as_str()?.parse::<Uuid>().ok()?.into(),
        "int" => value.as_i64()?.into(),
        "bool" => value.as_bool()?.into(),
        "real" => value.as_f64()?.into(),
        "json" => value.clone().into(),
        "time" => value.as_str()?.parse::<DateTime<Utc>>().ok()?.into(),
        _ => value.as_str()?.into(),
    })
}

async fn there(conn: &Conn, table: &str, column: &str, value: &Json) -> Result<bool> {
    let kind = TABLES
        .iter()
        .find(|t| t.name == table)
        .and_then(|t| t.columns().find(|c| c.name == column))
        .map_or("text", |c| c.kind);
    let Some(value) = bound(kind, value) else { return Ok(false) };
    let mut select = Query::select();
    select
        .expr(Expr::col(Asterisk).count())
        .from(Alias::new(table))
        .and_where(Expr::col(Alias::new(column)).eq(value));
    let statement: Statement = conn.get_database_backend().build(&select);
    let row = conn.query_one_raw(statement).await.map_err(failed)?;
    let many: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).map_err(failed)?;
    Ok(many > 0)
}
