-- What must never happen to a case, said once more where nobody can pass it by (domain.md section 5).
--
-- The same guards as in 0005_sqlite.sql, under the same names, refusing with the same codes.

-- Who has neither a final reply of the present round nor the accepted record of being unreachable.
CREATE VIEW unanswered_complainants AS
SELECT p.case_id, p.id AS complainant_id
FROM complainants p
JOIN cases c ON c.id = p.case_id
WHERE NOT EXISTS (
    SELECT 1 FROM replies r
    WHERE r.complainant_id = p.id AND r.case_id = c.id AND r.round = c.round AND r.final
)
AND NOT EXISTS (
    SELECT 1 FROM unreachable_records u
    WHERE u.case_id = c.id AND u.complainant_id = p.id AND u.round = c.round AND u.stands_for = 'reply'
);

CREATE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION guard_case_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <> 1 OR NEW.round <> 1 OR NEW.last_seq <> 1 OR NOT EXISTS (
        SELECT 1 FROM workflow_steps s
        WHERE s.hash = NEW.workflow_hash AND s.source = '' AND s.target = NEW.state
    ) THEN
        RAISE EXCEPTION 'case_begins_elsewhere' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

-- A case begins at the beginning of its definition.
CREATE TRIGGER cases_begin_received BEFORE INSERT ON cases
FOR EACH ROW EXECUTE FUNCTION guard_case_begins();

CREATE TRIGGER cases_keep_identity BEFORE UPDATE ON cases
FOR EACH ROW WHEN (
    NEW.id <> OLD.id OR NEW.number <> OLD.number OR NEW.client_ref <> OLD.client_ref
    OR NEW.body_digest <> OLD.body_digest OR NEW.workflow_hash <> OLD.workflow_hash
    OR NEW.village_id <> OLD.village_id OR NEW.received_at <> OLD.received_at
    OR NEW.received_on <> OLD.received_on OR NEW.recorded_by_id IS DISTINCT FROM OLD.recorded_by_id
) EXECUTE FUNCTION guard_refuse('case_identity_is_fixed');

CREATE TRIGGER cases_count_upwards BEFORE UPDATE ON cases
FOR EACH ROW WHEN (
    NEW.version < OLD.version OR NEW.round < OLD.round
    OR NEW.last_seq < OLD.last_seq OR NEW.last_seq > OLD.last_seq + 1
) EXECUTE FUNCTION guard_refuse('case_counts_upwards');

CREATE FUNCTION guard_case_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <= OLD.version OR NEW.last_seq <= OLD.last_seq OR NOT EXISTS (
        SELECT 1 FROM workflow_steps s
        WHERE s.hash = OLD.workflow_hash AND s.source = OLD.state AND s.target = NEW.state
    ) THEN
        RAISE EXCEPTION 'state_moves_by_a_step' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER cases_move_by_a_step BEFORE UPDATE ON cases
FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION guard_case_moves();

-- Whatever changes about a case owes an entry.
CREATE FUNCTION guard_owe(owing integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO owed_entries (case_id, seq)
    SELECT owing, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = owing
    EXCEPT SELECT case_id, seq FROM owed_entries WHERE case_id = owing
$$;

CREATE FUNCTION guard_case_owes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM guard_owe(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION guard_part_owes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM guard_owe(NEW.case_id);
    IF TG_OP = 'UPDATE' AND OLD.case_id <> NEW.case_id THEN
        PERFORM guard_owe(OLD.case_id);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER cases_owe_an_entry AFTER UPDATE ON cases
FOR EACH ROW EXECUTE FUNCTION guard_case_owes();

CREATE TRIGGER clocks_new_owe_an_entry AFTER INSERT ON clocks
FOR EACH ROW EXECUTE FUNCTION guard_part_owes();

-- The day of the sweep's next look is no fact of the case.
CREATE TRIGGER clocks_owe_an_entry AFTER UPDATE OF
    case_id, clock, cycle, running, started_on, cycle_on, due_on, basis, moves, suspended_on, resume_on, overdue
ON clocks FOR EACH ROW EXECUTE FUNCTION guard_part_owes();

CREATE TRIGGER rounds_new_owe_an_entry AFTER INSERT ON rounds
FOR EACH ROW EXECUTE FUNCTION guard_part_owes();

CREATE TRIGGER rounds_owe_an_entry AFTER UPDATE ON rounds
FOR EACH ROW EXECUTE FUNCTION guard_part_owes();

CREATE TRIGGER complainants_new_owe_an_entry AFTER INSERT ON complainants
FOR EACH ROW EXECUTE FUNCTION guard_part_owes();

CREATE TRIGGER complainants_owe_an_entry AFTER UPDATE ON complainants
FOR EACH ROW EXECUTE FUNCTION guard_part_owes();

CREATE TRIGGER replies_owe_an_entry AFTER INSERT ON replies
FOR EACH ROW EXECUTE FUNCTION guard_part_owes();

CREATE TRIGGER return_visits_owe_an_entry AFTER INSERT ON return_visits
FOR EACH ROW EXECUTE FUNCTION guard_part_owes();

CREATE TRIGGER unreachable_records_owe_an_entry AFTER INSERT ON unreachable_records
FOR EACH ROW EXECUTE FUNCTION guard_part_owes();

CREATE FUNCTION guard_owed_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM history h WHERE h.case_id = OLD.case_id AND h.seq = OLD.seq) THEN
        RAISE EXCEPTION 'entry_still_owed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER owed_entries_stay BEFORE DELETE ON owed_entries
FOR EACH ROW EXECUTE FUNCTION guard_owed_stays();

CREATE TRIGGER owed_entries_are_fixed BEFORE UPDATE ON owed_entries
FOR EACH ROW EXECUTE FUNCTION guard_refuse('entry_still_owed');

-- An entry follows the one before it, describes the case as it now stands, and finds the case in order.
CREATE FUNCTION guard_entry_describes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM cases c
        WHERE c.id = NEW.case_id AND c.last_seq = NEW.seq AND c.last_hash = NEW.hash AND c.state = NEW.to_state
    ) THEN
        RAISE EXCEPTION 'entry_is_not_of_the_case' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER history_describes_the_case AFTER INSERT ON history
FOR EACH ROW EXECUTE FUNCTION guard_entry_describes();

CREATE FUNCTION guard_entry_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM history h
        WHERE h.case_id = NEW.case_id AND h.seq = NEW.seq - 1
            AND h.to_state = NEW.from_state AND h.hash = NEW.prev_hash
    ) THEN
        RAISE EXCEPTION 'entry_does_not_follow' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER history_follows AFTER INSERT ON history
FOR EACH ROW WHEN (NEW.seq <> 1) EXECUTE FUNCTION guard_entry_follows();

CREATE FUNCTION guard_entry_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM cases c
        JOIN workflow_steps s ON s.hash = c.workflow_hash
        WHERE c.id = NEW.case_id AND s.source = coalesce(NEW.from_state, '') AND s.target = NEW.to_state
    ) THEN
        RAISE EXCEPTION 'state_moves_by_a_step' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER history_moves_by_a_step AFTER INSERT ON history
FOR EACH ROW WHEN (NEW.from_state IS DISTINCT FROM NEW.to_state) EXECUTE FUNCTION guard_entry_moves();

CREATE FUNCTION guard_entry_complainant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM cases c
        JOIN workflow_states s ON s.hash = c.workflow_hash AND s.state = c.state
        WHERE c.id = NEW.case_id AND (NOT s.final OR s.answered)
            AND NOT EXISTS (SELECT 1 FROM complainants p WHERE p.case_id = c.id)
    ) THEN
        RAISE EXCEPTION 'complainant_missing' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER history_finds_a_complainant AFTER INSERT ON history
FOR EACH ROW EXECUTE FUNCTION guard_entry_complainant();

CREATE FUNCTION guard_entry_reply_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM cases c
        JOIN unanswered_complainants u ON u.case_id = c.id
        WHERE c.id = NEW.case_id AND NOT c.final AND c.reply_due_on IS NULL
    ) THEN
        RAISE EXCEPTION 'reply_date_missing' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER history_finds_a_reply_date AFTER INSERT ON history
FOR EACH ROW EXECUTE FUNCTION guard_entry_reply_date();

CREATE FUNCTION guard_entry_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM cases c
        JOIN workflow_states s ON s.hash = c.workflow_hash AND s.state = c.state
        JOIN unanswered_complainants u ON u.case_id = c.id
        WHERE c.id = NEW.case_id AND s.answered
    ) THEN
        RAISE EXCEPTION 'reply_missing' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER history_finds_the_answers AFTER INSERT ON history
FOR EACH ROW EXECUTE FUNCTION guard_entry_answers();

CREATE FUNCTION guard_entry_dates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM cases c
        WHERE c.id = NEW.case_id AND c.final AND (
            EXISTS (SELECT 1 FROM clocks k WHERE k.case_id = c.id AND k.running)
            OR EXISTS (SELECT 1 FROM complainants p WHERE p.case_id = c.id AND p.reply_due_on IS NOT NULL)
        )
    ) THEN
        RAISE EXCEPTION 'date_still_running' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER history_finds_no_date_running AFTER INSERT ON history
FOR EACH ROW EXECUTE FUNCTION guard_entry_dates();

CREATE FUNCTION guard_entry_settles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM owed_entries WHERE case_id = NEW.case_id AND seq = NEW.seq;
    RETURN NULL;
END $$;

CREATE TRIGGER history_settles_what_was_owed AFTER INSERT ON history
FOR EACH ROW EXECUTE FUNCTION guard_entry_settles();

-- A round that became late stays late (domain.md section 3).
CREATE TRIGGER rounds_stay_late BEFORE UPDATE ON rounds
FOR EACH ROW WHEN (OLD.late AND NOT NEW.late) EXECUTE FUNCTION guard_refuse('late_is_for_ever');

-- A definition that cases run under never gets another way to move.
CREATE FUNCTION guard_definition_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM cases c WHERE c.workflow_hash = NEW.hash) THEN
        RAISE EXCEPTION 'definition_is_in_use' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER workflow_steps_are_closed BEFORE INSERT ON workflow_steps
FOR EACH ROW EXECUTE FUNCTION guard_definition_closed();

CREATE TRIGGER workflow_states_are_closed BEFORE INSERT ON workflow_states
FOR EACH ROW EXECUTE FUNCTION guard_definition_closed();
