//! The tables, one declaration each. A rule says in SQL what `src/<noun>/entity.rs` says in Rust:
//! two statements of one thing, by two hands, so that a slip in either is caught by the other.

use crate::table::{Reference, Table, Wall};

/// Rows that everybody who signed in may read and only the node's operator may write.
const REGISTER: Wall = Wall {
    read: "{duty} IN ('member', 'operator', 'restore')",
    insert: "{duty} = 'operator'",
    update: "{duty} = 'operator'",
    delete: "",
};

/// Rows that nobody but their tenant sees, and that are only ever added.
const OWN_LOG: Wall =
    Wall { read: "{r}.tenant_id = {me}", insert: "{r}.tenant_id = {me}", update: "", delete: "" };

/// What a consortium's row shows to whom: its members, and writing is the coordinator's.
const OF_CONSORTIUM: Wall = Wall {
    read: "{r}.consortium_id IN {seats}",
    insert: COORDINATED,
    update: COORDINATED,
    delete: COORDINATED,
};
const COORDINATED: &str = "{r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role = 'coordinator')";
const TAKES_PART: &str = "{r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role IN ('coordinator', 'member'))";

const CLAIMED: &str = "{r}.claimed_by = {me} AND {r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role IN ('coordinator', 'member'))";
const CLAIM_GONE: &str = "{r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} \
    AND (seat.role = 'coordinator' OR (seat.role = 'member' AND {r}.claimed_by = {me})))";

/// A competence row: own, public, or shared by a member whose sharing cap for competences is full.
const COMPETENCE_READ: &str = "{r}.tenant_id = {me} OR ({r}.visibility = 'public' AND {duty} = 'member') OR ({r}.visibility = 'consortium' AND {r}.tenant_id IN \
    (SELECT membership.tenant_id FROM membership WHERE membership.status = 'active' AND membership.cap_competences = 'full' \
    AND membership.consortium_id IN {seats}))";

/// What stands for a library's entries: own, or of a member whose sharing cap for competences is full.
const COMPETENCE_MARK_READ: &str = "{r}.tenant_id = {me} OR {r}.tenant_id IN \
    (SELECT membership.tenant_id FROM membership WHERE membership.status = 'active' AND membership.cap_competences = 'full' \
    AND membership.consortium_id IN {seats})";

/// As [`COMPETENCE_READ`]; and while a release of sealed figures is made, what members of a consortium that the caller
/// coordinates contribute to it. What is private is nobody's but its library's then too.
const COMPETENCE_READ_OR_RELEASED: &str = "{r}.tenant_id = {me} OR ({r}.visibility = 'public' AND {duty} = 'member') OR ({r}.visibility = 'consortium' AND {r}.tenant_id IN \
    (SELECT membership.tenant_id FROM membership WHERE membership.status = 'active' AND membership.cap_competences = 'full' \
    AND membership.consortium_id IN {seats})) OR ({duty} = 'release' AND {r}.visibility <> 'private' AND {r}.tenant_id IN \
    (SELECT membership.tenant_id FROM membership WHERE membership.status = 'active' AND membership.cap_competences <> 'none' \
    AND membership.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role = 'coordinator')))";

/// What a release is made of and what makes it, written while one is made and never again.
const RELEASING: &str = "{duty} = 'release' AND {r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role = 'coordinator')";
/// As [`RELEASING`]; and a library notes at its own values to whom it has shown them since.
const RELEASING_OR_SHOWING: &str = "{duty} = 'release' AND ({r}.tenant_id = {me} OR {r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role = 'coordinator'))";
/// A release to an audience: of those who have a seat, and one to the public of everybody.
const RELEASE_READ: &str = "{r}.consortium_id IN {seats} OR ({r}.audience = 'public' AND {duty} = 'member')";
/// What a release says, until it is withdrawn.
const RELEASED: &str = "({r}.consortium_id IN {seats} OR ({r}.audience = 'public' AND {duty} = 'member')) \
    AND {r}.release_id IN (SELECT figure_release.id FROM figure_release WHERE figure_release.withdrawn_at IS NULL)";
/// Rules are put into force by more than half of the members, and by nobody else.
const RULES_CHANGED: &str = "{r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role IN ('coordinator', 'member')) \
    AND ({r}.state <> 'adopted' OR 2 * (SELECT count(*) FROM figure_rules_vote WHERE figure_rules_vote.rules_id = {r}.id \
    AND figure_rules_vote.tenant_id IN (SELECT membership.tenant_id FROM membership WHERE membership.consortium_id = {r}.consortium_id \
    AND membership.status = 'active' AND membership.role <> 'observer')) > (SELECT count(*) FROM membership WHERE \
    membership.consortium_id = {r}.consortium_id AND membership.status = 'active' AND membership.role <> 'observer'))";

/// A statement: own, public, or shared by a member whose sharing cap for statements is full.
const STATEMENT_READ: &str = "{r}.tenant_id = {me} OR ({r}.visibility = 'public' AND {duty} = 'member') OR ({r}.visibility = 'consortium' AND {r}.tenant_id IN \
    (SELECT membership.tenant_id FROM membership WHERE membership.status = 'active' AND membership.cap_statements = 'full' \
    AND membership.consortium_id IN {seats}))";

/// A commitment: own, public, made with the caller's library, or shared by a member whose sharing cap for activities is full.
const COMMITMENT_READ: &str = "{r}.tenant_id = {me} OR ({r}.visibility = 'public' AND {duty} = 'member') \
    OR {r}.id IN (SELECT commitment_seat.commitment_id FROM commitment_seat WHERE commitment_seat.partner_id = {me}) \
    OR ({r}.visibility = 'consortium' AND {r}.tenant_id IN \
    (SELECT membership.tenant_id FROM membership WHERE membership.status = 'active' AND membership.cap_activities = 'full' \
    AND membership.consortium_id IN {seats}))";

/// An activity: own, public, or shared by a member whose sharing cap for activities is full.
const ACTIVITY_READ: &str = "{r}.tenant_id = {me} OR ({r}.visibility = 'public' AND {duty} = 'member') OR ({r}.visibility = 'consortium' AND {r}.tenant_id IN \
    (SELECT membership.tenant_id FROM membership WHERE membership.status = 'active' AND membership.cap_activities = 'full' \
    AND membership.consortium_id IN {seats}))";

/// A meeting: of those who have a seat, and an open event of everybody.
const MEETING_READ: &str =
    "{r}.consortium_id IN {seats} OR ({r}.visibility = 'public' AND {duty} = 'member')";

/// What a library does in a meeting of its consortium, for all who have a seat there.
const OWN_OR_SEATED: &str = "{r}.tenant_id = {me} OR {r}.consortium_id IN {seats}";
const OWN_PART: &str = "{r}.tenant_id = {me} AND {r}.consortium_id IN (SELECT seat.consortium_id FROM seat \
    WHERE seat.tenant_id = {me} AND seat.role IN ('coordinator', 'member'))";

/// A note: own, or shown in the consortium of its exercise by a member whose sharing cap for statements is full there.
const NOTE_READ: &str = "{r}.tenant_id = {me} OR ({r}.visibility = 'consortium' AND {r}.consortium_id IN {seats} \
    AND ({r}.consortium_id, {r}.tenant_id) IN (SELECT membership.consortium_id, membership.tenant_id FROM membership \
    WHERE membership.status = 'active' AND membership.cap_statements = 'full'))";
const NOTE_WRITTEN: &str = "{r}.tenant_id = {me} AND {r}.consortium_id IN (SELECT seat.consortium_id FROM seat \
    WHERE seat.tenant_id = {me} AND seat.role IN ('coordinator', 'member')) AND {r}.exercise_id IN \
    (SELECT exercise.id FROM exercise WHERE exercise.state = 'open' AND exercise.consortium_id = {r}.consortium_id)";

/// A contact: own, or as a competence is read while whoever it names agrees; on a project, where that is seen.
const CONTACT_READ: &str = "{r}.tenant_id = {me} OR (({r}.consent_until IS NULL OR {r}.consent_until > {hours:0}) \
    AND ({r}.project_id IS NULL OR {r}.project_id IN (SELECT project.project_id FROM project)) \
    AND (({r}.visibility = 'public' AND {duty} = 'member') OR ({r}.visibility = 'consortium' AND {r}.tenant_id IN \
    (SELECT membership.tenant_id FROM membership WHERE membership.status = 'active' AND membership.cap_competences = 'full' \
    AND membership.consortium_id IN {seats}))))";

/// A project's row, or a row under it that carries the project's owner, consortium and visibility:
/// own, public, taking part, or shared by a lead whose sharing cap for projects is full.
const PROJECT_READ: &str = "{r}.tenant_id = {me} OR ({r}.visibility = 'public' AND {duty} = 'member') \
    OR {r}.project_id IN (SELECT project_seat.project_id FROM project_seat WHERE project_seat.tenant_id = {me}) \
    OR ({r}.visibility = 'consortium' AND {r}.consortium_id IN {seats} AND ({r}.consortium_id, {r}.tenant_id) IN \
    (SELECT membership.consortium_id, membership.tenant_id FROM membership WHERE membership.status = 'active' \
    AND membership.cap_projects = 'full'))";

/// A product: own, public, named in, or shared by a library whose sharing cap for projects is full there.
const PRODUCT_READ: &str = "{r}.tenant_id = {me} OR ({r}.visibility = 'public' AND {duty} = 'member') \
    OR {r}.id IN (SELECT product_seat.product_id FROM product_seat WHERE product_seat.contributor_id = {me}) \
    OR ({r}.visibility = 'consortium' AND {r}.consortium_id IN {seats} AND ({r}.consortium_id, {r}.tenant_id) IN \
    (SELECT membership.consortium_id, membership.tenant_id FROM membership WHERE membership.status = 'active' \
    AND membership.cap_projects = 'full'))";

/// An application for money: own, public, or shared by a library whose sharing cap for projects is full there.
const FUNDING_READ: &str = "{r}.tenant_id = {me} OR ({r}.visibility = 'public' AND {duty} = 'member') \
    OR ({r}.visibility = 'consortium' AND {r}.consortium_id IN {seats} AND ({r}.consortium_id, {r}.tenant_id) IN \
    (SELECT membership.consortium_id, membership.tenant_id FROM membership WHERE membership.status = 'active' \
    AND membership.cap_projects = 'full'))";

/// An agreement: its writer's; a party's once it is proposed; and once it was in force public, or shared by a library whose sharing
/// cap for projects is full there.
const AGREEMENT_READ: &str = "{r}.tenant_id = {me} \
    OR ({r}.state <> 'draft' AND {r}.id IN (SELECT agreement_seat.agreement_id FROM agreement_seat WHERE agreement_seat.party_id = {me})) \
    OR ({r}.state IN ('in_force', 'terminated') AND (({r}.visibility = 'public' AND {duty} = 'member') \
    OR ({r}.visibility = 'consortium' AND {r}.consortium_id IN {seats} AND ({r}.consortium_id, {r}.tenant_id) IN \
    (SELECT membership.consortium_id, membership.tenant_id FROM membership WHERE membership.status = 'active' \
    AND membership.cap_projects = 'full'))))";

/// Where an agreement stands is said by its writer and, once it is proposed, by its parties.
const AGREEMENT_MOVED: &str = "{r}.tenant_id = {me} \
    OR ({r}.state <> 'draft' AND {r}.id IN (SELECT agreement_seat.agreement_id FROM agreement_seat WHERE agreement_seat.party_id = {me}))";

/// A party signs for itself, the text that stands there, while it is proposed.
const AGREEMENT_SIGNED: &str = "{r}.tenant_id = {me} AND {r}.agreement_id IN (SELECT agreement.id FROM agreement \
    WHERE agreement.tenant_id = {r}.owner_id AND agreement.state = 'proposed') \
    AND {r}.agreement_id IN (SELECT agreement_text.agreement_id FROM agreement_text WHERE agreement_text.tenant_id = {r}.owner_id \
    AND agreement_text.digest = {r}.digest AND agreement_text.text_version = {r}.text_version) \
    AND ({r}.owner_id = {me} OR {r}.agreement_id IN (SELECT agreement_seat.agreement_id FROM agreement_seat WHERE agreement_seat.party_id = {me}))";

/// A row of a vote, while the vote is on, by somebody who may vote.
const VOTING: &str = "{r}.round_id IN (SELECT priority_round.id FROM priority_round WHERE priority_round.phase = 'voting' \
    AND priority_round.consortium_id = {r}.consortium_id) AND {r}.consortium_id IN (SELECT seat.consortium_id FROM seat \
    WHERE seat.tenant_id = {me} AND seat.role IN ('coordinator', 'member'))";
const VOTING_OWN: &str = "{r}.tenant_id = {me} AND {r}.round_id IN (SELECT priority_round.id FROM priority_round \
    WHERE priority_round.phase = 'voting' AND priority_round.consortium_id = {r}.consortium_id) AND {r}.consortium_id IN \
    (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role IN ('coordinator', 'member'))";

/// What came out of a round: a published one tells all, a closed one its coordinator.
const RESULT_READ: &str = "{r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} \
    AND (seat.role = 'coordinator' OR {r}.round_id IN (SELECT priority_round.id FROM priority_round \
    WHERE priority_round.phase = 'published' AND priority_round.consortium_id = {r}.consortium_id)))";
const RESULT_WRITE: &str = "{r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role = 'coordinator') \
    AND {r}.round_id IN (SELECT priority_round.id FROM priority_round WHERE priority_round.phase = 'closed' \
    AND priority_round.consortium_id = {r}.consortium_id)";

/// A concept: everybody's; of a consortium for its seats; what is only proposed to everybody, of its proposer. Whoever merges
/// two must know which have gone.
const CONCEPT_READ: &str = "({r}.consortium_id IS NULL AND {r}.status IN ('accepted', 'deprecated') AND {duty} IN ('member', 'operator', 'restore')) \
    OR {r}.consortium_id IN {seats} OR ({r}.consortium_id IS NULL AND ({r}.proposed_by = {me} OR {duty} = 'operator')) OR {duty} = 'merge'";
const CONCEPT_NEW: &str = "({duty} = 'operator' AND {r}.consortium_id IS NULL) OR ({r}.proposed_by = {me} AND {r}.status = 'proposed' \
    AND ({r}.consortium_id IS NULL OR {r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} \
    AND seat.role IN ('coordinator', 'member'))))";
const CONCEPT_DECIDED: &str = "({duty} = 'operator' AND {r}.consortium_id IS NULL) OR {r}.consortium_id IN \
    (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role = 'coordinator')";

/// By whoever may change what everybody reads.
const CONCEPT_MARKED: &str = "{duty} IN ('operator', 'merge')";

const OWN: &str = "{r}.tenant_id = {me}";
const ROLES: &str = "role IN ('viewer', 'contributor', 'editor', 'admin')";
const VISIBILITIES: &str = "visibility IN ('private', 'sealed', 'consortium', 'public')";

const fn to(columns: &'static [&'static str], table: &'static str, to: &'static [&'static str]) -> Reference {
    Reference { columns, table, to }
}

/// Parents before children.
pub const TABLES: &[Table] = &[
    // ------------------------------------------------------------------ registers
    Table {
        name: "region",
        columns: &[
            "id text",
            "country text",
            "level text",
            "names json",
            "national_code text?",
            "iso_3166_2 text?",
            "nuts text?",
            "valid_from text?",
            "valid_to text?",
            "predecessors json",
            "successors json",
        ],
        key: &["id"],
        uniques: &[],
        indexes: &[&["country", "id"]],
        references: &[],
        checks: &[],
        wall: REGISTER,
    },
    Table {
        name: "municipality",
        columns: &[
            "id text",
            "country text",
            "code text",
            "names json",
            "region_id text",
            "valid_from text?",
            "valid_to text?",
            "predecessors json",
            "successors json",
        ],
        key: &["id"],
        uniques: &[],
        indexes: &[&["region_id", "id"]],
        references: &[to(&["region_id"], "region", &["id"])],
        checks: &[],
        wall: REGISTER,
    },
    Table {
        name: "consortium",
        columns: &[
            "id uuid",
            "slug text",
            "names json",
            "mandate json?",
            "reasons json",
            "open_questions json",
            "k int",
            "status text",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["id"],
        uniques: &[&["slug"]],
        indexes: &[],
        references: &[],
        checks: &["k >= 1", "status IN ('active', 'closed')"],
        wall: Wall {
            read: "{duty} = 'operator' OR {r}.id IN {seats} OR {r}.id IN (SELECT membership.consortium_id FROM membership \
                WHERE membership.tenant_id = {me} AND membership.status = 'invited')",
            insert: "{duty} = 'operator'",
            update: "{duty} = 'operator' OR {r}.id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role = 'coordinator')",
            delete: "",
        },
    },
    Table {
        name: "concept_scheme",
        columns: &["id uuid", "notation text", "title json", "version text"],
        key: &["id"],
        uniques: &[&["notation"]],
        indexes: &[],
        references: &[],
        checks: &[],
        wall: REGISTER,
    },
    Table {
        name: "concept",
        columns: &[
            "id uuid",
            "scheme_id uuid",
            "notation text",
            "top bool",
            "theme_id uuid?",
            "broader json",
            "related json",
            "kinds json",
            "labels json",
            "translated json?",
            "exact_match json",
            "status text",
            "replaced_by uuid?",
            // Of a consortium's own; none where it is everybody's, or is to be.
            "consortium_id uuid?",
            "proposed_by uuid?",
            "decision text?",
            "members json?",
            "version int",
        ],
        key: &["id"],
        uniques: &[&["scheme_id", "notation"]],
        indexes: &[&["theme_id", "notation"], &["consortium_id"]],
        references: &[
            to(&["scheme_id"], "concept_scheme", &["id"]),
            to(&["theme_id"], "concept", &["id"]),
            to(&["consortium_id"], "consortium", &["id"]),
        ],
        checks: &[
            "status IN ('proposed', 'accepted', 'rejected', 'deprecated')",
            "replaced_by IS NULL OR status = 'deprecated'",
        ],
        wall: Wall { read: CONCEPT_READ, insert: CONCEPT_NEW, update: CONCEPT_DECIDED, delete: "" },
    },
    // What stands for those that everybody reads; see `marking`.
    Table {
        name: "concept_mark",
        columns: &["id uuid", "mark uuid"],
        key: &["id"],
        uniques: &[],
        indexes: &[],
        references: &[],
        checks: &[],
        wall: Wall {
            read: "{duty} IN ('member', 'operator', 'restore', 'merge')",
            insert: CONCEPT_MARKED,
            update: CONCEPT_MARKED,
            delete: "",
        },
    },
    Table {
        name: "concept_label",
        columns: &["id uuid", "concept_id uuid", "lang text", "kind text", "label text"],
        key: &["id"],
        uniques: &[],
        indexes: &[&["concept_id"]],
        references: &[to(&["concept_id"], "concept", &["id"])],
        checks: &["kind IN ('pref', 'alt', 'seed')"],
        wall: REGISTER,
    },
    // ------------------------------------------------------------------ tenancy
    Table {
        name: "tenant",
        columns: &[
            "id uuid",
            "slug text",
            "kind text",
            "names json",
            "country text",
            "isil text?",
            "parent_id uuid?",
            "municipality_count int?",
            "status text",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["id"],
        uniques: &[&["slug"]],
        indexes: &[&["country", "id"]],
        references: &[to(&["parent_id"], "tenant", &["id"])],
        checks: &["status IN ('active', 'suspended', 'removed')"],
        wall: Wall {
            read: "{duty} IN ('member', 'operator', 'restore')",
            insert: "{duty} = 'operator'",
            update: "{duty} = 'operator' OR {r}.id = {me}",
            delete: "",
        },
    },
    Table {
        name: "tenant_area",
        columns: &["tenant_id uuid", "id uuid", "kind text", "region_id text?", "municipality_id text?"],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "region_id"], &["tenant_id", "municipality_id"]],
        indexes: &[&["region_id", "tenant_id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["region_id"], "region", &["id"]),
            to(&["municipality_id"], "municipality", &["id"]),
        ],
        checks: &[
            "(kind = 'region' AND region_id IS NOT NULL) OR (kind = 'municipality' AND municipality_id IS NOT NULL)",
        ],
        wall: Wall {
            read: "{duty} IN ('member', 'operator')",
            insert: "{duty} = 'operator' OR {r}.tenant_id = {me}",
            update: "",
            delete: "{duty} = 'operator' OR {r}.tenant_id = {me}",
        },
    },
    Table {
        name: "service_account",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "client_id text",
            "secret_hash text?",
            "public_key text?",
            "previous_hash text?",
            "previous_key text?",
            "previous_until time?",
            "label text",
            "role text",
            "scopes text?",
            "expires_at time",
            "revoked_at time?",
            "last_used_at time?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["client_id"]],
        indexes: &[],
        references: &[],
        checks: &[
            "role IN ('viewer', 'contributor', 'editor', 'admin', 'operator')",
            // It signs in with the one or with the other.
            "(secret_hash IS NULL) <> (public_key IS NULL)",
        ],
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.client_id = {client}",
            insert: "{r}.tenant_id = {me} OR {duty} = 'operator'",
            update: "{r}.tenant_id = {me} OR {r}.client_id = {client}",
            delete: "",
        },
    },
    Table {
        name: "invitation",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "client_id text",
            "secret_hash text",
            "role text",
            "invited_by uuid",
            "expires_at time",
            "used_at time?",
            "revoked_at time?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["client_id"]],
        indexes: &[],
        references: &[to(&["tenant_id"], "tenant", &["id"])],
        checks: &[ROLES],
        // Who invites says so, and sees it; so does the library that it is into, and whoever proves to hold it.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.invited_by = {me} OR {r}.client_id = {client}",
            insert: "{r}.invited_by = {me} AND ({r}.tenant_id = {me} OR {duty} = 'operator')",
            update: "{r}.tenant_id = {me} OR {r}.invited_by = {me} OR {r}.client_id = {client}",
            delete: "",
        },
    },
    Table {
        name: "principal",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "issuer text",
            "role text",
            "granted text?",
            "last_seen_at time",
            "blocked_at time?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[],
        references: &[to(&["tenant_id"], "tenant", &["id"])],
        checks: &[ROLES, "granted IN ('viewer', 'contributor', 'editor', 'admin')"],
        // Made by signing in, and by nothing else.
        wall: Wall {
            read: OWN,
            insert: "{r}.tenant_id = {me} AND {duty} = 'sign_in'",
            update: OWN,
            delete: "",
        },
    },
    Table {
        name: "used_assertion",
        columns: &["tenant_id uuid", "account_id uuid", "jti_hash text", "expires_at time"],
        key: &["tenant_id", "account_id", "jti_hash"],
        uniques: &[],
        indexes: &[&["expires_at"]],
        references: &[],
        checks: &[],
        wall: Wall {
            read: "{r}.tenant_id = {me} AND {duty} = 'sign_in'",
            insert: "{r}.tenant_id = {me} AND {duty} = 'sign_in'",
            update: "",
            delete: "",
        },
    },
    Table {
        name: "revocation",
        columns: &["tenant_id uuid", "id uuid", "subject uuid", "at time"],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["at"]],
        references: &[],
        checks: &[],
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {duty} = 'watch'",
            insert: "{r}.tenant_id = {me} OR {duty} = 'operator'",
            update: "",
            delete: "",
        },
    },
    Table {
        name: "erasure",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "kind text",
            "subject uuid",
            "named text",
            "requested_by text",
            "by_operator bool",
            "confirmed_by text?",
            "confirmed_at time?",
            "due_at time?",
            "cancelled_at time?",
            "done_at time?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["id"]],
        references: &[to(&["tenant_id"], "tenant", &["id"])],
        checks: &[
            "kind IN ('tenant', 'principal')",
            // Four eyes.
            "confirmed_by <> requested_by",
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)",
            "kind = 'principal' OR due_at IS NULL OR confirmed_at IS NOT NULL",
        ],
        // A library's own; that of a whole library is the operator's too. The eraser finds those whose time has come.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {duty} = 'erase' OR ({duty} = 'operator' AND {r}.kind = 'tenant')",
            insert: "{duty} <> 'erase' AND ({r}.tenant_id = {me} OR ({duty} = 'operator' AND {r}.kind = 'tenant'))",
            update: "{r}.tenant_id = {me} OR ({duty} = 'operator' AND {r}.kind = 'tenant')",
            delete: "",
        },
    },
    Table {
        name: "seat",
        columns: &["tenant_id uuid", "consortium_id uuid", "role text"],
        key: &["tenant_id", "consortium_id"],
        uniques: &[],
        indexes: &[],
        references: &[to(&["tenant_id"], "tenant", &["id"])],
        checks: &["role IN ('coordinator', 'member', 'observer')"],
        // A tenant takes the seat that an accepted invitation gives it, and no other.
        wall: Wall { read: OWN, insert: "{r}.tenant_id = {me} AND {accepted}", update: "", delete: OWN },
    },
    Table {
        name: "membership",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "tenant_id uuid",
            "role text",
            "status text",
            "cap_competences text",
            "cap_statements text",
            "cap_projects text",
            "cap_priorities text",
            "cap_activities text",
            "invited_by uuid",
            "joined_at time?",
            "left_at time?",
            // Till when its competences stood open here; none while they do, and where they never did.
            "competences_open_until time?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[&["consortium_id", "tenant_id"]],
        indexes: &[&["tenant_id", "consortium_id"], &["id"]],
        references: &[to(&["consortium_id"], "consortium", &["id"]), to(&["tenant_id"], "tenant", &["id"])],
        checks: &[
            "role IN ('coordinator', 'member', 'observer')",
            "status IN ('invited', 'active', 'declined', 'left')",
        ],
        // Only an invitation can be added by somebody else than the tenant that it binds.
        wall: Wall {
            // Whoever makes a release must know who else was shown what is sealed here.
            read: "{duty} IN ('operator', 'release') OR {r}.tenant_id = {me} OR {r}.consortium_id IN {seats}",
            insert: "{r}.status = 'invited' AND ({duty} = 'operator' OR {r}.consortium_id IN (SELECT seat.consortium_id FROM seat \
                WHERE seat.tenant_id = {me} AND seat.role = 'coordinator'))",
            update: "{r}.tenant_id = {me} OR (({r}.status <> 'active') AND ({duty} = 'operator' OR {r}.consortium_id IN \
                (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role = 'coordinator')))",
            delete: "",
        },
    },
    Table {
        name: "work_group",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "names json",
            "kind text",
            "mandate json?",
            "matters json",
            "starts text?",
            "ends text?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[],
        indexes: &[&["id"]],
        references: &[to(&["consortium_id"], "consortium", &["id"])],
        checks: &["kind IN ('steering', 'working', 'network', 'team')"],
        wall: OF_CONSORTIUM,
    },
    Table {
        name: "work_group_member",
        columns: &["consortium_id uuid", "id uuid", "group_id uuid", "tenant_id uuid"],
        key: &["consortium_id", "id"],
        uniques: &[&["consortium_id", "group_id", "tenant_id"]],
        indexes: &[],
        references: &[
            to(&["consortium_id", "group_id"], "work_group", &["consortium_id", "id"]),
            to(&["consortium_id", "tenant_id"], "membership", &["consortium_id", "tenant_id"]),
        ],
        checks: &[],
        wall: OF_CONSORTIUM,
    },
    Table {
        name: "organisation",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "name text",
            "folded text",
            "sector text",
            "sector_word text?",
            "country text?",
            "url text?",
            "merged_into uuid?",
            "current_id uuid?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[],
        indexes: &[&["id"]],
        references: &[
            to(&["consortium_id"], "consortium", &["id"]),
            to(&["consortium_id", "merged_into"], "organisation", &["consortium_id", "id"]),
            to(&["consortium_id", "current_id"], "organisation", &["consortium_id", "id"]),
        ],
        checks: &[
            "sector IN ('school', 'university', 'association', 'company', 'municipality', 'agency', 'supplier', 'funder', 'other')",
            "(merged_into IS NULL) = (current_id IS NULL)",
            "current_id <> id",
        ],
        wall: Wall {
            read: "{r}.consortium_id IN {seats}",
            insert: TAKES_PART,
            update: TAKES_PART,
            delete: "",
        },
    },
    // ------------------------------------------------------------------ competences
    Table {
        name: "tenant_profile",
        columns: &[
            "tenant_id uuid",
            "statement json",
            "staff int?",
            "visibility text",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id"],
        uniques: &[],
        indexes: &[],
        references: &[to(&["tenant_id"], "tenant", &["id"])],
        checks: &[VISIBILITIES, "staff >= 1"],
        wall: Wall { read: COMPETENCE_READ, insert: OWN, update: OWN, delete: OWN },
    },
    Table {
        name: "occasion",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "names json",
            "url text?",
            "starts text?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[],
        indexes: &[&["id"]],
        references: &[to(&["consortium_id"], "consortium", &["id"])],
        checks: &[],
        wall: Wall {
            read: "{r}.consortium_id IN {seats}",
            insert: TAKES_PART,
            update: TAKES_PART,
            delete: "",
        },
    },
    Table {
        name: "strength_claim",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "concept_id uuid",
            "text text",
            "lang text",
            "claimed_by uuid",
            "version int",
            "created_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[],
        indexes: &[&["id"]],
        references: &[
            to(&["consortium_id"], "consortium", &["id"]),
            to(&["concept_id"], "concept", &["id"]),
            to(&["claimed_by"], "tenant", &["id"]),
        ],
        checks: &[],
        // Whoever claimed it takes it back, and the coordinator.
        wall: Wall { read: "{r}.consortium_id IN {seats}", insert: CLAIMED, update: "", delete: CLAIM_GONE },
    },
    Table {
        name: "competence_entry",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "concept_id uuid?",
            "stance text",
            "level int?",
            "holders int?",
            "note text?",
            "source_phrase text?",
            "source_lang text?",
            "phrases json?",
            "position int?",
            "evidence json",
            "target_level int?",
            "target_date text?",
            "spreading json?",
            "occasion_id uuid?",
            "group_id uuid?",
            "spotted_by uuid?",
            "visibility text",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "concept_id", "stance"]],
        indexes: &[&["id"], &["concept_id", "tenant_id"], &["occasion_id"], &["group_id"]],
        references: &[to(&["tenant_id"], "tenant", &["id"]), to(&["concept_id"], "concept", &["id"])],
        checks: &[
            "stance IN ('have', 'want')",
            "level BETWEEN 1 AND 4",
            "target_level BETWEEN 1 AND 4",
            "holders >= 0",
            VISIBILITIES,
        ],
        wall: Wall { read: COMPETENCE_READ_OR_RELEASED, insert: OWN, update: OWN, delete: OWN },
    },
    // What stands for a library's entries; see `marking`.
    Table {
        name: "competence_mark",
        columns: &["tenant_id uuid", "mark uuid"],
        key: &["tenant_id"],
        uniques: &[],
        indexes: &[],
        references: &[to(&["tenant_id"], "tenant", &["id"])],
        checks: &[],
        wall: Wall { read: COMPETENCE_MARK_READ, insert: OWN, update: OWN, delete: "" },
    },
    Table {
        name: "competence_history",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "entry_id uuid",
            "concept_id uuid?",
            "stance text",
            "level int?",
            "holders int?",
            "note text?",
            "source_phrase text?",
            "source_lang text?",
            "phrases json?",
            "position int?",
            "evidence json",
            "target_level int?",
            "target_date text?",
            "spreading json?",
            "occasion_id uuid?",
            "group_id uuid?",
            "visibility text",
            "version int",
            "valid_from time",
            "valid_to time?",
            "principal text",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "entry_id", "version"]],
        indexes: &[&["entry_id"], &["tenant_id", "valid_from"]],
        references: &[to(&["tenant_id"], "tenant", &["id"]), to(&["concept_id"], "concept", &["id"])],
        checks: &[VISIBILITIES],
        wall: Wall { read: COMPETENCE_READ_OR_RELEASED, insert: OWN, update: OWN, delete: "" },
    },
    Table {
        name: "competence_sighting",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "subject_id uuid",
            "concept_id uuid?",
            "phrase text?",
            "lang text?",
            "note text?",
            "status text",
            "entry_id uuid?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["subject_id", "id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["subject_id"], "tenant", &["id"]),
            to(&["concept_id"], "concept", &["id"]),
        ],
        checks: &[
            "status IN ('proposed', 'accepted', 'declined')",
            // Nobody spots itself.
            "tenant_id <> subject_id",
        ],
        // The two that it is between: one says it, and may take it back; the other decides.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.subject_id = {me}",
            insert: "{r}.tenant_id = {me} AND {r}.subject_id IN (SELECT membership.tenant_id FROM membership \
                WHERE membership.status = 'active' AND membership.consortium_id IN (SELECT seat.consortium_id FROM seat \
                WHERE seat.tenant_id = {me} AND seat.role IN ('coordinator', 'member')))",
            update: "{r}.subject_id = {me}",
            delete: OWN,
        },
    },
    Table {
        name: "concept_definition",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "concept_id uuid",
            "text text",
            "lang text",
            "source text?",
            "perspective text?",
            "visibility text",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["concept_id", "id"]],
        references: &[to(&["tenant_id"], "tenant", &["id"]), to(&["concept_id"], "concept", &["id"])],
        checks: &[VISIBILITIES],
        wall: Wall { read: STATEMENT_READ, insert: OWN, update: OWN, delete: OWN },
    },
    // ------------------------------------------------------------------ statements
    Table {
        name: "statement",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "kind text",
            "text text",
            "lang text",
            "concepts json",
            "ambition_id uuid?",
            "visibility text",
            "stood json?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["tenant_id", "ambition_id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["tenant_id", "ambition_id"], "statement", &["tenant_id", "id"]),
        ],
        checks: &[
            "kind IN ('strength', 'weakness', 'opportunity', 'threat', 'challenge', 'ambition', 'means')",
            "ambition_id IS NULL OR kind = 'means'",
            VISIBILITIES,
        ],
        wall: Wall { read: STATEMENT_READ, insert: OWN, update: OWN, delete: OWN },
    },
    Table {
        name: "endorsement",
        columns: &["tenant_id uuid", "id uuid", "statement_id uuid", "owner_id uuid", "at time"],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "statement_id"]],
        indexes: &[&["statement_id", "id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["owner_id", "statement_id"], "statement", &["tenant_id", "id"]),
        ],
        // Nobody endorses itself.
        checks: &["tenant_id <> owner_id"],
        // Whoever sees the statement sees who stands beside it, and may stand there; its owner takes all away with it.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.statement_id IN (SELECT statement.id FROM statement)",
            insert: "{r}.tenant_id = {me} AND {r}.statement_id IN (SELECT statement.id FROM statement WHERE statement.tenant_id = {r}.owner_id)",
            update: "",
            delete: "{r}.tenant_id = {me} OR {r}.owner_id = {me}",
        },
    },
    // ------------------------------------------------------------------ projects
    Table {
        name: "project",
        columns: &[
            "tenant_id uuid",
            "project_id uuid",
            "consortium_id uuid?",
            "title json",
            "purpose json?",
            "state text",
            "concepts json",
            "starts text?",
            "ends text?",
            "visibility text",
            "stood json?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "project_id"],
        uniques: &[],
        indexes: &[&["project_id"], &["consortium_id", "project_id"]],
        references: &[to(&["tenant_id"], "tenant", &["id"]), to(&["consortium_id"], "consortium", &["id"])],
        checks: &[
            "state IN ('idea', 'planned', 'applied', 'active', 'evaluating', 'completed', 'cancelled')",
            VISIBILITIES,
        ],
        wall: Wall { read: PROJECT_READ, insert: OWN, update: OWN, delete: "" },
    },
    Table {
        name: "project_seat",
        columns: &["tenant_id uuid", "project_id uuid", "owner_id uuid"],
        key: &["tenant_id", "project_id"],
        uniques: &[],
        indexes: &[],
        references: &[to(&["owner_id", "project_id"], "project", &["tenant_id", "project_id"])],
        checks: &[],
        // The lead opens its project to a tenant by inviting it; either may close it again.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.owner_id = {me}",
            insert: "{r}.owner_id = {me}",
            update: "",
            delete: "{r}.owner_id = {me} OR {r}.tenant_id = {me}",
        },
    },
    Table {
        name: "project_participant",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "project_id uuid",
            "participant_id uuid",
            "role text",
            "status text",
            "consortium_id uuid?",
            "visibility text",
            "stood json?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "project_id", "participant_id"]],
        indexes: &[&["id"], &["project_id"], &["participant_id"]],
        references: &[
            to(&["tenant_id", "project_id"], "project", &["tenant_id", "project_id"]),
            to(&["participant_id"], "tenant", &["id"]),
        ],
        checks: &[
            "role IN ('lead', 'partner', 'observer')",
            "status IN ('invited', 'accepted', 'declined', 'left')",
        ],
        wall: Wall {
            read: PROJECT_READ,
            insert: OWN,
            update: "{r}.tenant_id = {me} OR {r}.participant_id = {me}",
            delete: "",
        },
    },
    Table {
        name: "project_transition",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "project_id uuid",
            "from_state text",
            "to_state text",
            "reason text?",
            "consortium_id uuid?",
            "visibility text",
            "at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["project_id"]],
        references: &[to(&["tenant_id", "project_id"], "project", &["tenant_id", "project_id"])],
        checks: &[],
        wall: Wall { read: PROJECT_READ, insert: OWN, update: OWN, delete: "" },
    },
    // ------------------------------------------------------------------ products
    Table {
        name: "product",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "kind text",
            "title text",
            "lang text",
            "summary text?",
            "links json",
            "marketing json",
            "project_id uuid?",
            "consortium_id uuid?",
            "visibility text",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["consortium_id", "id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["consortium_id"], "consortium", &["id"]),
            to(&["tenant_id", "project_id"], "project", &["tenant_id", "project_id"]),
        ],
        checks: &[
            "kind IN ('guide', 'toolbox', 'website', 'film', 'template', 'exhibition', 'report', 'other')",
            VISIBILITIES,
        ],
        wall: Wall { read: PRODUCT_READ, insert: OWN, update: OWN, delete: OWN },
    },
    Table {
        name: "product_seat",
        columns: &["tenant_id uuid", "product_id uuid", "contributor_id uuid"],
        key: &["tenant_id", "product_id", "contributor_id"],
        uniques: &[],
        indexes: &[&["contributor_id", "product_id"]],
        references: &[
            to(&["tenant_id", "product_id"], "product", &["tenant_id", "id"]),
            to(&["contributor_id"], "tenant", &["id"]),
        ],
        checks: &["contributor_id <> tenant_id"],
        // Who is named sees the product; either may close it again.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.contributor_id = {me}",
            insert: OWN,
            update: "",
            delete: "{r}.tenant_id = {me} OR {r}.contributor_id = {me}",
        },
    },
    Table {
        name: "product_credit",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "product_id uuid",
            "contributor_id uuid",
            "role text",
            "withdrawn_at time?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "product_id", "contributor_id"]],
        indexes: &[&["product_id", "id"], &["contributor_id"]],
        references: &[
            to(&["tenant_id", "product_id"], "product", &["tenant_id", "id"]),
            to(&["contributor_id"], "tenant", &["id"]),
        ],
        checks: &[
            "contributor_id <> tenant_id",
            "role IN ('idea', 'author', 'contributor', 'translator', 'tester', 'funder', 'publisher', 'other')",
        ],
        // Whoever sees the product sees who is named with it. Who is named withdraws its name, and nobody else changes that.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.contributor_id = {me} OR ({r}.withdrawn_at IS NULL AND {r}.product_id IN (SELECT product.id FROM product))",
            insert: OWN,
            update: "{r}.contributor_id = {me}",
            delete: OWN,
        },
    },
    // ------------------------------------------------------------------ applications for money
    Table {
        name: "funding_application",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "project_id uuid",
            "consortium_id uuid?",
            "organisation_id uuid?",
            "funder text",
            "funder_kind text",
            "programme text?",
            "link text?",
            "currency text",
            "applied_minor int",
            "granted_minor int?",
            "state text",
            "applied_on text?",
            "decided_on text?",
            "first_day text?",
            "last_day text?",
            "visibility text",
            "stood json?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["consortium_id", "id"], &["project_id"]],
        // The project may be another's, and stay behind on another node or be gone.
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["consortium_id"], "consortium", &["id"]),
            to(&["consortium_id", "organisation_id"], "organisation", &["consortium_id", "id"]),
        ],
        checks: &[
            "funder_kind IN ('national_agency', 'eu', 'foundation', 'municipality', 'county', 'company', 'own_means', 'other')",
            "currency IN ('NOK', 'SEK', 'DKK', 'EUR', 'ISK', 'GBP', 'USD')",
            "state IN ('planned', 'applied', 'granted', 'rejected', 'withdrawn')",
            "applied_minor >= 0",
            "granted_minor IS NULL OR granted_minor >= 0",
            "(granted_minor IS NOT NULL) = (state = 'granted')",
            VISIBILITIES,
        ],
        wall: Wall { read: FUNDING_READ, insert: OWN, update: OWN, delete: OWN },
    },
    // ------------------------------------------------------------------ agreements
    Table {
        name: "agreement",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "state text",
            "decided_by uuid?",
            "decided_at time?",
            "reason text?",
            "reason_lang text?",
            "consortium_id uuid?",
            "visibility text",
            "stood json?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["consortium_id", "id"]],
        references: &[to(&["tenant_id"], "tenant", &["id"]), to(&["consortium_id"], "consortium", &["id"])],
        checks: &["state IN ('draft', 'proposed', 'declined', 'in_force', 'terminated')", VISIBILITIES],
        wall: Wall { read: AGREEMENT_READ, insert: OWN, update: AGREEMENT_MOVED, delete: OWN },
    },
    Table {
        name: "agreement_text",
        columns: &[
            "tenant_id uuid",
            "agreement_id uuid",
            "title text",
            "lang text",
            "purpose text",
            "ground_rules text?",
            "first_day text",
            "last_day text?",
            "parties json",
            "digest text",
            "text_version int",
        ],
        key: &["tenant_id", "agreement_id"],
        uniques: &[],
        indexes: &[&["agreement_id"]],
        references: &[to(&["tenant_id", "agreement_id"], "agreement", &["tenant_id", "id"])],
        checks: &["text_version > 0"],
        // Whoever sees the agreement; what it says is its writer's alone.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.agreement_id IN (SELECT agreement.id FROM agreement)",
            insert: OWN,
            update: OWN,
            delete: OWN,
        },
    },
    Table {
        name: "agreement_seat",
        columns: &["tenant_id uuid", "agreement_id uuid", "party_id uuid"],
        key: &["tenant_id", "agreement_id", "party_id"],
        uniques: &[],
        indexes: &[&["party_id", "agreement_id"]],
        references: &[
            to(&["tenant_id", "agreement_id"], "agreement", &["tenant_id", "id"]),
            to(&["party_id"], "tenant", &["id"]),
        ],
        checks: &["party_id <> tenant_id"],
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.party_id = {me}",
            insert: OWN,
            update: "",
            delete: OWN,
        },
    },
    Table {
        name: "agreement_signature",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "agreement_id uuid",
            "owner_id uuid",
            "text_version int",
            "digest text",
            "principal text",
            "at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "agreement_id", "text_version"]],
        indexes: &[&["agreement_id", "id"], &["owner_id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["owner_id", "agreement_id"], "agreement", &["tenant_id", "id"]),
        ],
        checks: &[],
        // What is signed is signed.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.agreement_id IN (SELECT agreement.id FROM agreement)",
            insert: AGREEMENT_SIGNED,
            update: "",
            delete: "",
        },
    },
    // ------------------------------------------------------------------ contacts
    Table {
        name: "contact",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "kind text",
            "name text",
            "role text?",
            "email text?",
            "phone text?",
            "url text?",
            "concept_id uuid?",
            "project_id uuid?",
            "consent_on text?",
            "consent_until time?",
            "visibility text",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["concept_id", "tenant_id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["concept_id"], "concept", &["id"]),
            to(&["tenant_id", "project_id"], "project", &["tenant_id", "project_id"]),
        ],
        checks: &[
            "kind IN ('function', 'person')",
            // Nobody is named who has not agreed.
            "(kind = 'person') = (consent_on IS NOT NULL)",
            "(kind = 'person') = (consent_until IS NOT NULL)",
            "visibility IN ('private', 'consortium', 'public')",
        ],
        wall: Wall { read: CONTACT_READ, insert: OWN, update: OWN, delete: OWN },
    },
    // ------------------------------------------------------------------ commitments
    Table {
        name: "commitment",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "text text",
            "lang text",
            "partners json",
            "others json",
            "due text?",
            "due_by text?",
            "remind_days int",
            "status text",
            "consortium_id uuid?",
            "group_id uuid?",
            "project_id uuid?",
            "visibility text",
            "stood json?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["consortium_id", "id"], &["due_by"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["consortium_id"], "consortium", &["id"]),
            to(&["tenant_id", "project_id"], "project", &["tenant_id", "project_id"]),
        ],
        checks: &[
            "status IN ('open', 'done', 'dropped', 'moved')",
            "remind_days BETWEEN 0 AND 365",
            VISIBILITIES,
        ],
        wall: Wall { read: COMMITMENT_READ, insert: OWN, update: OWN, delete: "" },
    },
    Table {
        name: "commitment_seat",
        columns: &["tenant_id uuid", "commitment_id uuid", "partner_id uuid"],
        key: &["tenant_id", "commitment_id", "partner_id"],
        uniques: &[],
        indexes: &[&["partner_id", "commitment_id"]],
        references: &[
            to(&["tenant_id", "commitment_id"], "commitment", &["tenant_id", "id"]),
            to(&["partner_id"], "tenant", &["id"]),
        ],
        checks: &["partner_id <> tenant_id"],
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.partner_id = {me}",
            insert: OWN,
            update: "",
            delete: OWN,
        },
    },
    Table {
        name: "commitment_step",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "commitment_id uuid",
            "status text",
            "note text?",
            "lang text?",
            "due text?",
            "at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["commitment_id", "id"]],
        references: &[to(&["tenant_id", "commitment_id"], "commitment", &["tenant_id", "id"])],
        checks: &["status IN ('open', 'done', 'dropped', 'moved')"],
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.commitment_id IN (SELECT commitment.id FROM commitment)",
            insert: OWN,
            update: "",
            delete: "",
        },
    },
    // That a library was told of a day, so that it is told once.
    Table {
        name: "reminder",
        columns: &[
            "tenant_id uuid",
            "commitment_id uuid",
            "kind text",
            "day text",
            "owner_id uuid",
            "at time",
        ],
        key: &["tenant_id", "commitment_id", "kind", "day"],
        uniques: &[],
        indexes: &[&["owner_id", "commitment_id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["owner_id", "commitment_id"], "commitment", &["tenant_id", "id"]),
        ],
        checks: &["kind IN ('due', 'overdue')"],
        wall: OWN_LOG,
    },
    // ------------------------------------------------------------------ activities
    Table {
        name: "activity",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "kind text",
            "side text",
            "title text",
            "lang text",
            "description text?",
            "concepts json",
            "held text?",
            "first_day text?",
            "last_day text?",
            "place text?",
            "link text?",
            "seats int?",
            "most_places int?",
            "cost_amount int?",
            "cost_currency text?",
            "cost_sharing text?",
            "state text",
            "consortium_id uuid?",
            "visibility text",
            "stood json?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["consortium_id", "id"]],
        references: &[to(&["tenant_id"], "tenant", &["id"]), to(&["consortium_id"], "consortium", &["id"])],
        checks: &[
            "kind IN ('course', 'conference', 'study_visit', 'placement', 'campaign', 'event', 'other')",
            "side IN ('offered', 'sought')",
            "state IN ('planned', 'open', 'closed', 'held', 'cancelled')",
            "cost_sharing IN ('host', 'equal', 'by_places')",
            "(cost_amount IS NULL) = (cost_currency IS NULL) AND (cost_amount IS NULL) = (cost_sharing IS NULL)",
            "seats > 0 AND most_places > 0 OR seats IS NULL OR most_places IS NULL",
            VISIBILITIES,
        ],
        wall: Wall { read: ACTIVITY_READ, insert: OWN, update: OWN, delete: "" },
    },
    Table {
        name: "activity_registration",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "activity_id uuid",
            "owner_id uuid",
            "places int",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "activity_id"]],
        indexes: &[&["activity_id", "id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["owner_id", "activity_id"], "activity", &["tenant_id", "id"]),
        ],
        // Nobody registers with itself.
        checks: &["tenant_id <> owner_id", "places > 0"],
        // Whoever sees the activity sees who comes, and may come while it is open.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.activity_id IN (SELECT activity.id FROM activity)",
            insert: "{r}.tenant_id = {me} AND {r}.activity_id IN (SELECT activity.id FROM activity WHERE activity.tenant_id = {r}.owner_id AND activity.state = 'open')",
            update: OWN,
            delete: OWN,
        },
    },
    Table {
        name: "activity_evaluation",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "activity_id uuid",
            "owner_id uuid",
            "score int",
            "remark text?",
            "lang text?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "activity_id"]],
        indexes: &[&["activity_id", "id"], &["owner_id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["owner_id", "activity_id"], "activity", &["tenant_id", "id"]),
        ],
        checks: &["tenant_id <> owner_id", "score BETWEEN 1 AND 5"],
        // For the host and whoever wrote it.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.owner_id = {me}",
            insert: "{r}.tenant_id = {me} AND {r}.activity_id IN (SELECT activity.id FROM activity WHERE activity.tenant_id = {r}.owner_id AND activity.state = 'held')",
            update: OWN,
            delete: "",
        },
    },
    // ------------------------------------------------------------------ meetings
    Table {
        name: "meeting_series",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "kind text",
            "title json",
            "steps json",
            "parent_id uuid?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[],
        indexes: &[&["id"]],
        references: &[
            to(&["consortium_id"], "consortium", &["id"]),
            to(&["consortium_id", "parent_id"], "meeting_series", &["consortium_id", "id"]),
        ],
        checks: &["kind IN ('course', 'programme', 'gatherings')"],
        wall: Wall { delete: "", ..OF_CONSORTIUM },
    },
    Table {
        name: "meeting",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "group_id uuid?",
            "series_id uuid?",
            "number int?",
            "title json",
            "starts_at time?",
            "ends_at time?",
            "time_zone text?",
            "held text?",
            "first_day text?",
            "last_day text?",
            "place text?",
            "link text?",
            "visibility text",
            "documents json",
            "agenda json",
            "goals json",
            "summary json?",
            "summary_published_at time?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["series_id", "id"]],
        references: &[
            to(&["consortium_id"], "consortium", &["id"]),
            to(&["consortium_id", "group_id"], "work_group", &["consortium_id", "id"]),
            to(&["consortium_id", "series_id"], "meeting_series", &["consortium_id", "id"]),
        ],
        checks: &[
            "visibility IN ('consortium', 'public')",
            "(starts_at IS NULL) = (ends_at IS NULL)",
            "(starts_at IS NULL) = (time_zone IS NULL)",
            "(starts_at IS NULL) = (held IS NOT NULL)",
            "starts_at < ends_at",
        ],
        wall: Wall { read: MEETING_READ, delete: "", ..OF_CONSORTIUM },
    },
    Table {
        name: "attendance",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "meeting_id uuid",
            "consortium_id uuid",
            "people int",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "meeting_id"]],
        indexes: &[&["meeting_id", "id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["consortium_id", "meeting_id"], "meeting", &["consortium_id", "id"]),
        ],
        checks: &["people BETWEEN 0 AND 1000"],
        wall: Wall { read: OWN_OR_SEATED, insert: OWN_PART, update: OWN_PART, delete: "" },
    },
    Table {
        name: "exercise",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "meeting_id uuid",
            "kind text",
            "title json",
            "prompts json",
            "minutes int?",
            "rounds int?",
            "answers_per text",
            "due text?",
            "due_by text?",
            "state text",
            "opened_at time?",
            "closes_at time?",
            "closed_at time?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["meeting_id", "id"]],
        references: &[to(&["consortium_id", "meeting_id"], "meeting", &["consortium_id", "id"])],
        checks: &[
            "answers_per IN ('note', 'tenant', 'group')",
            "state IN ('planned', 'open', 'closed')",
            "minutes >= 1",
            "rounds >= 1",
        ],
        wall: Wall { delete: "", ..OF_CONSORTIUM },
    },
    Table {
        // How many places have been given out among the notes of an exercise: whoever writes one takes the next in its turn.
        name: "exercise_turn",
        columns: &["consortium_id uuid", "exercise_id uuid", "last int"],
        key: &["consortium_id", "exercise_id"],
        uniques: &[],
        indexes: &[&["exercise_id"]],
        references: &[to(&["consortium_id", "exercise_id"], "exercise", &["consortium_id", "id"])],
        checks: &["last >= 0"],
        wall: Wall {
            read: "{r}.consortium_id IN {seats}",
            insert: COORDINATED,
            update: TAKES_PART,
            delete: "",
        },
    },
    Table {
        name: "note",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "exercise_id uuid",
            "consortium_id uuid",
            "group_id uuid?",
            "prompt int?",
            "text text",
            "lang text",
            "concept_id uuid?",
            "became text?",
            "became_id uuid?",
            "place int",
            "shown_place int?",
            "visibility text",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["exercise_id", "id"], &["exercise_id", "shown_place"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["concept_id"], "concept", &["id"]),
            to(&["consortium_id", "exercise_id"], "exercise", &["consortium_id", "id"]),
        ],
        checks: &[
            "visibility IN ('private', 'consortium')",
            "became IN ('competence', 'statement', 'commitment')",
            "(became IS NULL) = (became_id IS NULL)",
            "visibility = 'private' OR shown_place IS NOT NULL",
        ],
        // Written while the exercise is open; put in order, and taken away, by its library at any time.
        wall: Wall { read: NOTE_READ, insert: NOTE_WRITTEN, update: OWN, delete: OWN },
    },
    // ------------------------------------------------------------------ priorities
    Table {
        name: "priority_round",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "question json",
            "method text",
            "backbone int",
            "points int?",
            "max_per_proposal int?",
            "considered int?",
            "phase text",
            "follows uuid?",
            "held text?",
            "tie_break text",
            "closed_at time?",
            "stood json?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[],
        indexes: &[&["id"]],
        references: &[
            to(&["consortium_id"], "consortium", &["id"]),
            to(&["consortium_id", "follows"], "priority_round", &["consortium_id", "id"]),
        ],
        checks: &[
            "method IN ('dots', 'recorded')",
            "phase IN ('draft', 'proposing', 'voting', 'closed', 'published')",
            "backbone >= 1",
            "tie_break IN ('report', 'include_all', 'carried_first')",
            "method <> 'dots' OR (points >= 1 AND max_per_proposal >= 1)",
        ],
        wall: Wall { delete: "", ..OF_CONSORTIUM },
    },
    Table {
        name: "proposal",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "round_id uuid",
            "proposer_id uuid",
            "title json",
            "reason json?",
            "concept_id uuid?",
            "carried_from uuid?",
            "lineage uuid",
            "tentative bool",
            "withdrawn bool",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[],
        indexes: &[&["id"], &["round_id"]],
        references: &[
            to(&["consortium_id", "round_id"], "priority_round", &["consortium_id", "id"]),
            to(&["consortium_id", "carried_from"], "proposal", &["consortium_id", "id"]),
            to(&["consortium_id", "lineage"], "proposal", &["consortium_id", "id"]),
            to(&["proposer_id"], "tenant", &["id"]),
            to(&["concept_id"], "concept", &["id"]),
        ],
        checks: &[],
        wall: Wall {
            read: "{r}.consortium_id IN {seats}",
            insert: "{r}.proposer_id = {me} AND {r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} \
                AND seat.role IN ('coordinator', 'member'))",
            update: "{r}.consortium_id IN (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND (seat.role = 'coordinator' \
                OR (seat.role = 'member' AND {r}.proposer_id = {me})))",
            delete: "",
        },
    },
    Table {
        name: "ballot",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "round_id uuid",
            "consortium_id uuid",
            "choices json",
            "nonce text",
            "receipt text",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "round_id"]],
        indexes: &[&["round_id"]],
        references: &[
            to(&["consortium_id", "round_id"], "priority_round", &["consortium_id", "id"]),
            to(&["tenant_id"], "tenant", &["id"]),
        ],
        checks: &[],
        // Another tenant's ballot is read by nobody; the tally alone sees choices, and only after the close.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR ({duty} = 'tally' AND {r}.round_id IN (SELECT priority_round.id FROM priority_round \
                WHERE priority_round.phase = 'closed' AND priority_round.consortium_id IN (SELECT seat.consortium_id FROM seat \
                WHERE seat.tenant_id = {me} AND seat.role = 'coordinator')))",
            insert: VOTING_OWN,
            update: VOTING_OWN,
            delete: "",
        },
    },
    Table {
        // One row for each tenant that has voted, and not which: what a turnout is counted from.
        name: "turnout",
        columns: &["consortium_id uuid", "id uuid", "round_id uuid"],
        key: &["consortium_id", "id"],
        uniques: &[],
        indexes: &[&["round_id"]],
        references: &[to(&["consortium_id", "round_id"], "priority_round", &["consortium_id", "id"])],
        checks: &[],
        wall: Wall { read: "{r}.consortium_id IN {seats}", insert: VOTING, update: "", delete: "" },
    },
    Table {
        // Told to all at once: a coordinator sees what it writes down itself, and once published nothing changes it.
        name: "priority_result",
        columns: &["consortium_id uuid", "round_id uuid", "outcome json", "digest text"],
        key: &["consortium_id", "round_id"],
        uniques: &[],
        indexes: &[],
        references: &[to(&["consortium_id", "round_id"], "priority_round", &["consortium_id", "id"])],
        checks: &[],
        wall: Wall { read: RESULT_READ, insert: RESULT_WRITE, update: RESULT_WRITE, delete: "" },
    },
    // ------------------------------------------------------------------ releases of sealed figures
    Table {
        name: "figure_rules",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "rules json",
            "state text",
            "proposed_by uuid",
            "decided_at time?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[],
        indexes: &[&["id"]],
        references: &[to(&["consortium_id"], "consortium", &["id"]), to(&["proposed_by"], "tenant", &["id"])],
        checks: &[
            "state IN ('proposed', 'adopted', 'superseded')",
            "(state = 'proposed') = (decided_at IS NULL)",
        ],
        wall: Wall {
            read: "{r}.consortium_id IN {seats}",
            insert: "{r}.proposed_by = {me} AND {r}.state = 'proposed' AND {r}.consortium_id IN \
                (SELECT seat.consortium_id FROM seat WHERE seat.tenant_id = {me} AND seat.role IN ('coordinator', 'member'))",
            update: RULES_CHANGED,
            delete: "",
        },
    },
    Table {
        name: "figure_rules_vote",
        columns: &["tenant_id uuid", "id uuid", "rules_id uuid", "consortium_id uuid"],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "rules_id"]],
        indexes: &[&["rules_id", "id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["consortium_id", "rules_id"], "figure_rules", &["consortium_id", "id"]),
        ],
        checks: &[],
        wall: Wall { read: OWN_OR_SEATED, insert: OWN_PART, update: "", delete: "" },
    },
    Table {
        name: "figure_release",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "measure text",
            "number int",
            // Whose: everybody reads what goes to the public, and the consortium itself only its members.
            "name text",
            "audience text",
            "as_of text",
            "rules json",
            "cells int",
            "digest text",
            "withdrawn_at time?",
            "reason text?",
            "version int",
            "created_at time",
            "updated_at time",
        ],
        key: &["consortium_id", "id"],
        uniques: &[
            &["consortium_id", "measure", "number"],
            // One a period: whoever asks at the same time comes too late.
            &["consortium_id", "measure", "audience", "as_of"],
        ],
        indexes: &[&["id"], &["audience", "id"]],
        references: &[to(&["consortium_id"], "consortium", &["id"])],
        checks: &[
            "measure IN ('headcount')",
            "audience IN ('consortium', 'public')",
            "(withdrawn_at IS NULL) = (reason IS NULL)",
            "number >= 1",
        ],
        wall: Wall { read: RELEASE_READ, insert: RELEASING, update: COORDINATED, delete: "" },
    },
    Table {
        name: "figure_cell",
        columns: &[
            "consortium_id uuid",
            "id uuid",
            "release_id uuid",
            "audience text",
            "place int",
            "concept_id uuid",
            "region text?",
            "kind text?",
            "open int",
            "sealed int?",
            "value int?",
            "status text",
            "open_contributors int",
            "sealed_contributors int?",
            "as_of text",
        ],
        key: &["consortium_id", "id"],
        uniques: &[&["consortium_id", "release_id", "place"]],
        indexes: &[&["release_id", "concept_id"]],
        references: &[
            to(&["consortium_id", "release_id"], "figure_release", &["consortium_id", "id"]),
            to(&["concept_id"], "concept", &["id"]),
        ],
        checks: &[
            "status IN ('full', 'open_only', 'nothing')",
            // A sum that is withheld is nowhere.
            "(sealed IS NULL) = (status <> 'full')",
            "(value IS NULL) = (status = 'nothing')",
        ],
        wall: Wall { read: RELEASED, insert: RELEASING, update: "", delete: "" },
    },
    Table {
        name: "figure_document",
        columns: &["consortium_id uuid", "release_id uuid", "audience text", "jws text"],
        key: &["consortium_id", "release_id"],
        uniques: &[],
        indexes: &[&["release_id"]],
        references: &[to(&["consortium_id", "release_id"], "figure_release", &["consortium_id", "id"])],
        checks: &[],
        wall: Wall { read: RELEASED, insert: RELEASING, update: "", delete: "" },
    },
    Table {
        // What the releases of one measure of one concept gave away so far: sums, and whose they are of.
        name: "figure_past",
        columns: &["consortium_id uuid", "id uuid", "measure text", "concept_id uuid", "told json"],
        key: &["consortium_id", "id"],
        uniques: &[&["consortium_id", "measure", "concept_id"]],
        indexes: &[],
        references: &[to(&["consortium_id"], "consortium", &["id"]), to(&["concept_id"], "concept", &["id"])],
        checks: &[],
        // Only the door to sealed figures reads it, for whoever makes one or opens what is in one.
        wall: Wall {
            read: "{duty} = 'release' AND ({r}.consortium_id IN {seats} OR {r}.consortium_id IN \
                (SELECT figure_value.consortium_id FROM figure_value WHERE figure_value.tenant_id = {me}))",
            insert: RELEASING,
            update: RELEASING,
            delete: "",
        },
    },
    Table {
        // A value that went into a release. It is bound to its consortium: what two told of it would be subtracted.
        name: "figure_value",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "consortium_id uuid",
            "measure text",
            "concept_id uuid",
            "place int",
            "amount int?",
            "opened text?",
            "named json",
            "counted bool",
            "exposed bool",
            "at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&["tenant_id", "consortium_id", "measure", "concept_id", "place"]],
        indexes: &[&["consortium_id", "measure", "concept_id"]],
        references: &[
            to(&["tenant_id"], "tenant", &["id"]),
            to(&["consortium_id"], "consortium", &["id"]),
            to(&["concept_id"], "concept", &["id"]),
        ],
        checks: &["opened IN ('consortium', 'public')"],
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {duty} = 'release'",
            insert: RELEASING,
            update: RELEASING_OR_SHOWING,
            delete: RELEASING,
        },
    },
    // ------------------------------------------------------------------ what every write leaves behind
    Table {
        name: "event",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "seq int",
            "kind text",
            "subject_kind text",
            "subject_id uuid",
            "consortium_id uuid?",
            "visibility text",
            "version int",
            "at time",
        ],
        key: &["tenant_id", "id"],
        // The order in which they became true; two in one place would be two in one cursor.
        uniques: &[&["tenant_id", "seq"]],
        indexes: &[],
        references: &[],
        checks: &["seq >= 1"],
        wall: OWN_LOG,
    },
    Table {
        name: "audit_record",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "seq int",
            "previous text",
            "hash text",
            "action text",
            "subject_kind text",
            "subject_id uuid",
            "owner_id uuid",
            "version int",
            "ground text",
            "at time",
            "payload_hash text",
            "salt text?",
            "principal text?",
            "request_id text?",
            "purpose text?",
        ],
        key: &["tenant_id", "id"],
        // No two entries take one place in a chain, whoever writes them.
        uniques: &[&["tenant_id", "seq"]],
        indexes: &[&["owner_id", "id"]],
        references: &[],
        checks: &["seq >= 1"],
        // Whoever acted, and the tenant whose row it was.
        wall: Wall {
            read: "{r}.tenant_id = {me} OR {r}.owner_id = {me}",
            insert: OWN,
            update: "",
            delete: "",
        },
    },
    Table {
        name: "audit_sight",
        columns: &[
            "tenant_id uuid",
            "id uuid",
            "day text",
            "reader_id uuid",
            "outcome text",
            "subject_kind text",
            "ground text",
            "consortium_id uuid",
            "purpose text",
            "times int",
            "first_at time",
            "last_at time",
        ],
        key: &["tenant_id", "id"],
        uniques: &[&[
            "tenant_id",
            "day",
            "reader_id",
            "outcome",
            "subject_kind",
            "ground",
            "consortium_id",
            "purpose",
        ]],
        indexes: &[],
        references: &[],
        checks: &["times >= 1"],
        // Counts grow; nobody takes any back.
        wall: Wall { read: OWN, insert: OWN, update: OWN, delete: "" },
    },
    Table {
        name: "idempotency",
        columns: &[
            "tenant_id uuid",
            "principal text",
            "operation text",
            "key text",
            "request_hash text",
            "response json?",
            "asked json?",
            "created_at time",
        ],
        key: &["tenant_id", "principal", "operation", "key"],
        uniques: &[],
        indexes: &[&["tenant_id", "created_at"]],
        references: &[],
        checks: &[],
        wall: Wall { read: OWN, insert: OWN, update: OWN, delete: OWN },
    },
];
