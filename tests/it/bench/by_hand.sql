SELECT k.notation, k.labels, count(*) FILTER (WHERE e.stance = 'have') AS having, count(*) FILTER (WHERE e.stance = 'want') AS wanting,
    count(*) AS entries, sum(e.level) FILTER (WHERE e.stance = 'have') AS level_sum, count(e.level) FILTER (WHERE e.stance = 'have') AS level_count
FROM competence_entry e JOIN concept k ON k.id = e.concept_id
WHERE e.visibility IN ('consortium', 'public') AND e.tenant_id IN (SELECT tenant_id FROM membership
    WHERE consortium_id = :consortium AND status = 'active' AND cap_competences = 'full')
GROUP BY k.id ORDER BY k.notation;
