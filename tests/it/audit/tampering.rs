//! Twelve ways to tamper with a chain, by somebody who has the whole database; each is found, and the first bad entry named.
//! What is cut off or written anew is found by a checkpoint that was kept elsewhere, and by that alone.

use samvirke::{
    audit::{self, ActiveModel, AuditCheckpoint, Column, Deed, Entity, Model, chain, service, verify::What},
    auth::{Caller, Keys, Role},
    id::{RowId, TenantId},
    tenancy::TenantScope,
    when,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Database, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder,
};

use super::{admin, write};
use crate::harness::{Kind, Postgres, Sqlite, TestNode, rstest};

/// How many entries there are to tamper with.
const LONG: i64 = 8;

pub struct Forger {
    connection: DatabaseConnection,
    tenant: TenantId,
}

impl Forger {
    pub async fn new(node: &TestNode, tenant: TenantId) -> Self {
        Self { connection: Database::connect(node.database.superuser_url()).await.unwrap(), tenant }
    }

    pub async fn read(&self) -> Vec<Model> {
        let own = Entity::find().filter(Column::TenantId.eq(self.tenant)).order_by_asc(Column::Seq);
        own.all(&self.connection).await.unwrap()
    }

    /// Past the product: these are the tenant's entries.
    pub async fn put(&self, rows: Vec<Model>) {
        let own = Entity::delete_many().filter(Column::TenantId.eq(self.tenant));
        own.exec(&self.connection).await.unwrap();
        let rows: Vec<ActiveModel> =
            rows.into_iter().map(|row| row.into_active_model().reset_all()).collect();
        Entity::insert_many(rows).exec_without_returning(&self.connection).await.unwrap();
    }
}

/// Links everything anew from an entry on, as only the product should.
pub fn relink(rows: &mut [Model], from: usize) {
    for n in from..rows.len() {
        rows[n].previous = if n == 0 { chain::root(rows[n].tenant_id) } else { rows[n - 1].hash.clone() };
        rows[n].seq = n as i64 + 1;
        chain::seal(&mut rows[n]);
    }
}

/// More entries, as the product would write them.
fn go_on(rows: &mut Vec<Model>, times: usize) {
    let caller = Caller::new(rows[0].tenant_id, "somebody", Role::Admin);
    for _ in 0..times {
        let deed = Deed {
            action: "serviceAccount.created".into(),
            subject_kind: "serviceAccount",
            subject_id: RowId::new().0,
            version: 1,
            owner_id: rows[0].tenant_id.0,
            ground: "own",
        };
        let next = chain::link(&caller, rows.last().cloned(), vec![deed], when::now()).unwrap();
        rows.extend(next);
    }
}

/// Where it is found: the first bad entry with the checkpoint, and without it (None: not at all).
type Found = (i64, Option<i64>);
type Tamper = fn(&mut Vec<Model>);

/// Those that the tenant's checkpoint alone is enough for. The other two are in [`everything_is_found`].
const TAMPERS: [(&str, Tamper, Found); 10] = [
    ("edit", |rows| rows[3].action = "competenceEntry.removed".into(), (4, Some(4))),
    ("delete", |rows| drop(rows.remove(3)), (4, Some(4))),
    (
        "insert",
        |rows| {
            let mut forged = rows[3].clone();
            forged.id = RowId::new();
            rows.insert(4, forged);
            rows[4].previous = rows[3].hash.clone();
            rows[4].seq = 5;
            chain::seal(&mut rows[4]);
            (5..rows.len()).for_each(|n| rows[n].seq = n as i64 + 1);
        },
        (6, Some(6)),
    ),
    (
        "swap",
        |rows| {
            rows.swap(3, 4);
            (rows[3].seq, rows[4].seq) = (4, 5);
        },
        (4, Some(4)),
    ),
    ("truncate", |rows| rows.truncate(5), (8, None)),
    (
        "re-chain all after an edit",
        |rows| {
            rows[3].action = "competenceEntry.removed".into();
            relink(rows, 3);
        },
        (8, None),
    ),
    (
        "roll back to a backup",
        |rows| {
            rows.truncate(5);
            go_on(rows, 6);
        },
        (8, None),
    ),
    ("change time", |rows| rows[3].at -= chrono::Duration::days(1), (4, Some(4))),
    ("change actor", |rows| rows[3].principal = Some("somebody else".into()), (4, Some(4))),
    (
        "change payload behind the hash",
        |rows| {
            rows[3].purpose = Some("audit".into());
            rows[3].payload_hash = chain::payload_hash(&rows[3]);
        },
        (4, Some(4)),
    ),
];

type Mark = (String, AuditCheckpoint);

fn named(name: &str, mark: &AuditCheckpoint) -> Mark {
    (name.to_owned(), mark.clone())
}

async fn first_bad(scope: &TenantScope, marks: Vec<Mark>) -> Option<audit::verify::Fault> {
    service::verify(scope, marks).await.unwrap().1.err()
}

#[rstest]
#[actix_web::test]
async fn everything_is_found(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let [oslo, bergen] = [node.tenant("oslo").await, node.tenant("bergen").await];
    for n in 0..LONG {
        write(&oslo, &format!("a{n}")).await;
        write(&bergen, &format!("b{n}")).await;
    }
    let (scope, control) = (admin(&node, &oslo), admin(&node, &bergen));
    let kept = service::checkpoint(&scope).await.unwrap();
    let untouched = service::checkpoint(&control).await.unwrap();
    assert_eq!((kept.sequence, untouched.sequence), (LONG, LONG));
    let forger = Forger::new(&node, oslo.tenant).await;
    let good = forger.read().await;
    assert_eq!(good.len() as i64, LONG);
    let mut found = 0;
    for (name, tamper, (with, without)) in TAMPERS {
        let mut rows = good.clone();
        tamper(&mut rows);
        forger.put(rows).await;
        let blind = first_bad(&scope, vec![]).await;
        assert_eq!(blind.map(|fault| fault.seq), without, "{name}, without a checkpoint");
        let fault = first_bad(&scope, vec![named("at the tenant", &kept)]).await;
        assert_eq!(fault.as_ref().map(|fault| fault.seq), Some(with), "{name}");
        println!("{kind:?}: {name}: {}", fault.unwrap());
        found += 1;
        assert_eq!(first_bad(&control, vec![named("b", &untouched)]).await, None, "{name}: the control");
    }

    // Written anew and signed again, with a key that the node no longer has.
    let mut rows = good.clone();
    rows[3].principal = Some("somebody else".into());
    relink(&mut rows, 3);
    let last = rows.last().unwrap().hash.clone();
    forger.put(rows).await;
    let old = Keys::fresh().unwrap();
    let forged = AuditCheckpoint::sign(&old, oslo.tenant, LONG, last.clone(), when::now()).unwrap();
    let by_name = AuditCheckpoint { key_id: kept.key_id.clone(), ..forged.clone() };
    for mark in [&forged, &by_name] {
        let fault = first_bad(&scope, vec![named("signed again", mark)]).await.unwrap();
        assert!(matches!(fault.what, What::BadCheckpoint { .. }), "{fault}");
    }
    assert_eq!(first_bad(&scope, vec![named("kept", &kept)]).await.unwrap().seq, LONG);
    println!("{kind:?}: re-sign with an old key: found");
    found += 1;

    // Two readers, two chains, both signed by the node itself: either's own fits, and together they do not.
    let shown = AuditCheckpoint::sign(node.app.tokens.keys(), oslo.tenant, LONG, last, when::now()).unwrap();
    let (peer, tenant) = (named("at the peer", &shown), named("at the tenant", &kept));
    assert_eq!(first_bad(&scope, vec![peer.clone()]).await, None);
    let both = vec![peer, tenant];
    assert_eq!(first_bad(&scope, both.clone()).await.unwrap().seq, LONG);
    forger.put(good.clone()).await;
    assert_eq!(first_bad(&scope, both).await.unwrap().seq, LONG);
    println!("{kind:?}: fork for two readers: found");
    found += 1;

    assert_eq!(found, 12);
    // As it was: good again, so that what was found was the tampering.
    assert_eq!(first_bad(&scope, vec![named("at the tenant", &kept)]).await, None);
    println!("{kind:?}: {found} of 12 found, the controls are good");
}

/// What an entry says of a person can go, and the chain stays whole; half of it cannot.
#[rstest]
#[actix_web::test]
async fn erasure_leaves_the_chain_whole(#[values(Sqlite, Postgres)] kind: Kind) {
    let node = TestNode::start(kind).await;
    let oslo = node.tenant("oslo").await;
    for n in 0..3 {
        write(&oslo, &format!("a{n}")).await;
    }
    let scope = admin(&node, &oslo);
    let kept = vec![named("kept", &service::checkpoint(&scope).await.unwrap())];
    let forger = Forger::new(&node, oslo.tenant).await;
    let good = forger.read().await;
    let mut rows = good.clone();
    (rows[1].salt, rows[1].principal, rows[1].request_id) = (None, None, None);
    forger.put(rows).await;
    assert_eq!(first_bad(&scope, kept.clone()).await, None);
    assert_eq!(super::records(&oslo).await[2].get("principal"), None);
    let mut rows = good;
    rows[1].principal = None;
    forger.put(rows).await;
    let fault = first_bad(&scope, kept).await.unwrap();
    assert_eq!((fault.seq, fault.what), (2, What::PayloadAltered));
}
