-- :tenants libraries in consortia of :members, past the product: what a benchmark asks about.
-- Ids are made from numbers (see `id` in world.rs), and rise as those of the product do.
SET session_replication_role = replica;
SET synchronous_commit = off;
CREATE FUNCTION pg_temp.i(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN ('01900000-0000-70' || lpad(to_hex(kind), 2, '0') || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid;
CREATE FUNCTION pg_temp.at() RETURNS timestamptz LANGUAGE sql IMMUTABLE RETURN timestamptz '2026-01-02 03:04:05+00';

-- Those of the node, and as many more of the same kind as make 400.
INSERT INTO concept (id, scheme_id, notation, top, theme_id, broader, related, kinds, labels, translated, exact_match, status, version)
SELECT pg_temp.i(8, n), scheme_id, 'c:more-' || n, false, theme_id, '[]', '[]', kinds,
    (SELECT jsonb_object_agg(key, value || ' ' || n) FROM jsonb_each_text(labels)), '[]', '[]', 'accepted', 1
FROM (SELECT *, row_number() OVER (ORDER BY notation) AS place, count(*) OVER () AS many FROM concept WHERE NOT top) c
CROSS JOIN generate_series(1, 400) n
WHERE n <= 400 - many AND place = 1 + n % many;
CREATE TEMP TABLE numbered AS
SELECT row_number() OVER (ORDER BY notation) - 1 AS n, id FROM concept WHERE NOT top;
ALTER TABLE numbered ADD PRIMARY KEY (n);
-- Of the node's own, which it asks nobody about.
CREATE TEMP TABLE own AS
SELECT row_number() OVER (ORDER BY notation) - 1 AS n, id FROM concept WHERE NOT top AND notation NOT LIKE 'c:more-%';

INSERT INTO tenant (id, slug, kind, names, country, status, version, created_at, updated_at)
SELECT pg_temp.i(1, t), 'bibliotek-' || t, (ARRAY['county_library', 'public_library'])[1 + t % 2],
    jsonb_build_object('nb', 'Bibliotek ' || t, 'sv', 'Bibliotek ' || t, 'fi', 'Kirjasto ' || t),
    (ARRAY['NO', 'SE', 'DK', 'FI'])[1 + t % 4], 'active', 1, pg_temp.at(), pg_temp.at()
FROM generate_series(0, :tenants - 1) t;

INSERT INTO consortium (id, slug, names, reasons, open_questions, k, status, version, created_at, updated_at)
SELECT pg_temp.i(2, c), 'gruppe-' || c, jsonb_build_object('nb', 'Gruppe ' || c), '[]', '[]', 3, 'active', 1, pg_temp.at(), pg_temp.at()
FROM generate_series(0, (:tenants - 1) / :members) c;

INSERT INTO seat (tenant_id, consortium_id, role)
SELECT pg_temp.i(1, t), pg_temp.i(2, t / :members), CASE WHEN t % :members = 0 THEN 'coordinator' ELSE 'member' END
FROM generate_series(0, :tenants - 1) t;

INSERT INTO membership (consortium_id, id, tenant_id, role, status, cap_competences, cap_statements, cap_projects, cap_priorities,
    cap_activities, invited_by, joined_at, version, created_at, updated_at)
SELECT pg_temp.i(2, t / :members), pg_temp.i(7, t), pg_temp.i(1, t), CASE WHEN t % :members = 0 THEN 'coordinator' ELSE 'member' END,
    'active', 'full', 'full', 'full', 'full', 'full', pg_temp.i(1, t / :members * :members), pg_temp.at(), 2, pg_temp.at(), pg_temp.at()
FROM generate_series(0, :tenants - 1) t;

-- 350 that it has, 150 that it wants; of twenty fourteen for the consortium, three for everybody and three for itself.
INSERT INTO competence_entry (tenant_id, id, concept_id, stance, level, holders, note, source_phrase, source_lang, evidence,
    visibility, version, created_at, updated_at)
SELECT pg_temp.i(1, t), pg_temp.i(3, t * 1000 + e), c.id, CASE WHEN e < 350 THEN 'have' ELSE 'want' END,
    CASE WHEN e < 350 THEN 1 + (t + e) % 4 END, CASE WHEN e < 350 AND e % 3 = 0 THEN 1 + (t + e) % 9 END,
    CASE WHEN e % 3 = 1 THEN 'Kurs for ansatte hver høst, med øvelser og oppfølging på arbeidsplassen (' || e || ')' END,
    CASE WHEN e % 2 = 0 THEN 'formidling av digitale tjenester ' || e END, CASE WHEN e % 2 = 0 THEN 'nb' END, '[]',
    CASE WHEN e % 20 < 14 THEN 'consortium' WHEN e % 20 < 17 THEN 'public' ELSE 'private' END, 1, pg_temp.at(), pg_temp.at()
FROM generate_series(0, :tenants - 1) t CROSS JOIN generate_series(0, 499) e
JOIN numbered c ON c.n = (t * 37 + e + CASE WHEN e < 350 THEN 0 ELSE 90 END) % 400
ORDER BY t, e;

-- The state of those that are written to; of the others nobody asks.
INSERT INTO competence_history (tenant_id, id, entry_id, concept_id, stance, level, holders, note, source_phrase, source_lang, evidence,
    visibility, version, valid_from, principal)
SELECT tenant_id, pg_temp.i(4, ('x' || right(id::text, 12))::bit(48)::bigint), id, concept_id, stance, level, holders, note, source_phrase,
    source_lang, evidence, visibility, version, created_at, 'seed'
FROM competence_entry WHERE ('x' || right(id::text, 12))::bit(48)::bigint % 1000 < 10;

-- Each leads twenty; the oldest of a consortium are led by different libraries.
INSERT INTO project (tenant_id, project_id, consortium_id, title, purpose, state, concepts, starts, visibility, version, created_at, updated_at)
SELECT pg_temp.i(1, t), pg_temp.i(5, p * 100000 + t), pg_temp.i(2, t / :members), jsonb_build_object('nb', 'Felles prosjekt ' || t || '-' || p),
    jsonb_build_object('nb', 'Vi vil lære av hverandre, dele kurs og holde dem sammen i hele regionen.'), 'planned',
    jsonb_build_array((SELECT id FROM own WHERE n = (t + p) % 100)), '2026', 'consortium', 2, pg_temp.at(), pg_temp.at()
FROM generate_series(0, 19) p CROSS JOIN generate_series(0, :tenants - 1) t;

INSERT INTO project_transition (tenant_id, id, project_id, from_state, to_state, consortium_id, visibility, at)
SELECT tenant_id, pg_temp.i(9, ('x' || right(project_id::text, 12))::bit(48)::bigint), project_id, 'idea', 'planned', consortium_id, visibility, created_at
FROM project;

-- The lead, and three beside it.
INSERT INTO project_participant (tenant_id, id, project_id, participant_id, role, status, consortium_id, visibility, version, created_at, updated_at)
SELECT pg_temp.i(1, t), pg_temp.i(6, (p * 100000 + t) * 4 + x), pg_temp.i(5, p * 100000 + t),
    pg_temp.i(1, t / :members * :members + (t + x) % :members), CASE WHEN x = 0 THEN 'lead' ELSE 'partner' END, 'accepted',
    pg_temp.i(2, t / :members), 'consortium', 1, pg_temp.at(), pg_temp.at()
FROM generate_series(0, 19) p CROSS JOIN generate_series(0, :tenants - 1) t CROSS JOIN generate_series(0, 3) x;

INSERT INTO project_seat (tenant_id, project_id, owner_id)
SELECT participant_id, project_id, tenant_id FROM project_participant WHERE role = 'partner';

-- What triggers would have written.
INSERT INTO competence_mark (tenant_id, mark) SELECT id, gen_random_uuid() FROM tenant;
SET session_replication_role = origin;
