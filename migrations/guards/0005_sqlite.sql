-- What must never happen to a case, said once more where nobody can pass it by (domain.md section 5).
--
-- SQLite has no deferred triggers. So whatever changes about a case writes a row into owed_entries, whose
-- deferred key only the history entry of this change can satisfy, and the whole case is checked when that
-- entry arrives. The same holds on PostgreSQL (0005_postgresql.sql), so that both databases refuse the same.

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

-- A case begins at the beginning of its definition.
CREATE TRIGGER cases_begin_received BEFORE INSERT ON cases
WHEN NEW.version <> 1 OR NEW.round <> 1 OR NEW.last_seq <> 1 OR NOT EXISTS (
    SELECT 1 FROM workflow_steps s
    WHERE s.hash = NEW.workflow_hash AND s.source = '' AND s.target = NEW.state
)
BEGIN
    SELECT RAISE(ABORT, 'case_begins_elsewhere');
END;

-- INSERT OR REPLACE would take the old row away without asking the triggers against DELETE.
CREATE TRIGGER cases_not_replaced BEFORE INSERT ON cases
WHEN EXISTS (SELECT 1 FROM cases c WHERE c.id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'case_cannot_be_replaced');
END;

CREATE TRIGGER cases_keep_identity BEFORE UPDATE ON cases
WHEN NEW.id <> OLD.id OR NEW.number <> OLD.number OR NEW.client_ref <> OLD.client_ref
    OR NEW.body_digest <> OLD.body_digest OR NEW.workflow_hash <> OLD.workflow_hash
    OR NEW.village_id <> OLD.village_id OR NEW.received_at <> OLD.received_at
    OR NEW.received_on <> OLD.received_on OR NEW.recorded_by_id IS NOT OLD.recorded_by_id
BEGIN
    SELECT RAISE(ABORT, 'case_identity_is_fixed');
END;

CREATE TRIGGER cases_count_upwards BEFORE UPDATE ON cases
WHEN NEW.version < OLD.version OR NEW.round < OLD.round
    OR NEW.last_seq < OLD.last_seq OR NEW.last_seq > OLD.last_seq + 1
BEGIN
    SELECT RAISE(ABORT, 'case_counts_upwards');
END;

CREATE TRIGGER cases_move_by_a_step BEFORE UPDATE ON cases
WHEN NEW.state <> OLD.state AND (
    NEW.version <= OLD.version OR NEW.last_seq <= OLD.last_seq OR NOT EXISTS (
        SELECT 1 FROM workflow_steps s
        WHERE s.hash = OLD.workflow_hash AND s.source = OLD.state AND s.target = NEW.state
    )
)
BEGIN
    SELECT RAISE(ABORT, 'state_moves_by_a_step');
END;

-- Whatever changes about a case owes an entry.
CREATE TRIGGER cases_owe_an_entry AFTER UPDATE ON cases
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END;

CREATE TRIGGER clocks_new_owe_an_entry AFTER INSERT ON clocks
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END;

-- The day of the sweep's next look is no fact of the case.
CREATE TRIGGER clocks_owe_an_entry AFTER UPDATE OF
    case_id, clock, cycle, running, started_on, cycle_on, due_on, basis, moves, suspended_on, resume_on, overdue
ON clocks
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END;

CREATE TRIGGER rounds_new_owe_an_entry AFTER INSERT ON rounds
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END;

CREATE TRIGGER rounds_owe_an_entry AFTER UPDATE ON rounds
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END;

CREATE TRIGGER complainants_new_owe_an_entry AFTER INSERT ON complainants
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END;

CREATE TRIGGER complainants_owe_an_entry AFTER UPDATE ON complainants
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
    INSERT INTO owed_entries (case_id, seq)
    SELECT OLD.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = OLD.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END;

CREATE TRIGGER replies_owe_an_entry AFTER INSERT ON replies
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END;

CREATE TRIGGER return_visits_owe_an_entry AFTER INSERT ON return_visits
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END;

CREATE TRIGGER unreachable_records_owe_an_entry AFTER INSERT ON unreachable_records
BEGIN
    INSERT INTO owed_entries (case_id, seq)
    SELECT NEW.case_id, coalesce(max(h.seq), 0) + 1 FROM history h WHERE h.case_id = NEW.case_id
    EXCEPT SELECT case_id, seq FROM owed_entries;
END;

CREATE TRIGGER owed_entries_stay BEFORE DELETE ON owed_entries
WHEN NOT EXISTS (SELECT 1 FROM history h WHERE h.case_id = OLD.case_id AND h.seq = OLD.seq)
BEGIN
    SELECT RAISE(ABORT, 'entry_still_owed');
END;

CREATE TRIGGER owed_entries_are_fixed BEFORE UPDATE ON owed_entries
BEGIN
    SELECT RAISE(ABORT, 'entry_still_owed');
END;

-- An entry follows the one before it, describes the case as it now stands, and finds the case in order.
CREATE TRIGGER history_not_replaced BEFORE INSERT ON history
WHEN EXISTS (
    SELECT 1 FROM history h WHERE h.hash = NEW.hash OR (h.case_id = NEW.case_id AND h.seq = NEW.seq)
)
BEGIN
    SELECT RAISE(ABORT, 'history_is_append_only');
END;

CREATE TRIGGER history_describes_the_case AFTER INSERT ON history
WHEN NOT EXISTS (
    SELECT 1 FROM cases c
    WHERE c.id = NEW.case_id AND c.last_seq = NEW.seq AND c.last_hash = NEW.hash AND c.state = NEW.to_state
)
BEGIN
    SELECT RAISE(ABORT, 'entry_is_not_of_the_case');
END;

CREATE TRIGGER history_follows AFTER INSERT ON history
WHEN NEW.seq <> 1 AND NOT EXISTS (
    SELECT 1 FROM history h
    WHERE h.case_id = NEW.case_id AND h.seq = NEW.seq - 1
        AND h.to_state = NEW.from_state AND h.hash = NEW.prev_hash
)
BEGIN
    SELECT RAISE(ABORT, 'entry_does_not_follow');
END;

CREATE TRIGGER history_moves_by_a_step AFTER INSERT ON history
WHEN NEW.from_state IS NOT NEW.to_state AND NOT EXISTS (
    SELECT 1 FROM cases c
    JOIN workflow_steps s ON s.hash = c.workflow_hash
    WHERE c.id = NEW.case_id AND s.source = coalesce(NEW.from_state, '') AND s.target = NEW.to_state
)
BEGIN
    SELECT RAISE(ABORT, 'state_moves_by_a_step');
END;

CREATE TRIGGER history_finds_a_complainant AFTER INSERT ON history
WHEN EXISTS (
    SELECT 1 FROM cases c
    JOIN workflow_states s ON s.hash = c.workflow_hash AND s.state = c.state
    WHERE c.id = NEW.case_id AND (NOT s.final OR s.answered)
        AND NOT EXISTS (SELECT 1 FROM complainants p WHERE p.case_id = c.id)
)
BEGIN
    SELECT RAISE(ABORT, 'complainant_missing');
END;

CREATE TRIGGER history_finds_a_reply_date AFTER INSERT ON history
WHEN EXISTS (
    SELECT 1 FROM cases c
    JOIN unanswered_complainants u ON u.case_id = c.id
    WHERE c.id = NEW.case_id AND NOT c.final AND c.reply_due_on IS NULL
)
BEGIN
    SELECT RAISE(ABORT, 'reply_date_missing');
END;

CREATE TRIGGER history_finds_the_answers AFTER INSERT ON history
WHEN EXISTS (
    SELECT 1 FROM cases c
    JOIN workflow_states s ON s.hash = c.workflow_hash AND s.state = c.state
    JOIN unanswered_complainants u ON u.case_id = c.id
    WHERE c.id = NEW.case_id AND s.answered
)
BEGIN
    SELECT RAISE(ABORT, 'reply_missing');
END;

CREATE TRIGGER history_finds_no_date_running AFTER INSERT ON history
WHEN EXISTS (
    SELECT 1 FROM cases c
    WHERE c.id = NEW.case_id AND c.final AND (
        EXISTS (SELECT 1 FROM clocks k WHERE k.case_id = c.id AND k.running)
        OR EXISTS (SELECT 1 FROM complainants p WHERE p.case_id = c.id AND p.reply_due_on IS NOT NULL)
    )
)
BEGIN
    SELECT RAISE(ABORT, 'date_still_running');
END;

CREATE TRIGGER history_settles_what_was_owed AFTER INSERT ON history
BEGIN
    DELETE FROM owed_entries WHERE case_id = NEW.case_id AND seq = NEW.seq;
END;

-- A round that became late stays late (domain.md section 3).
CREATE TRIGGER rounds_stay_late BEFORE UPDATE ON rounds
WHEN OLD.late AND NOT NEW.late
BEGIN
    SELECT RAISE(ABORT, 'late_is_for_ever');
END;

-- A definition that cases run under never gets another way to move.
CREATE TRIGGER workflow_steps_are_closed BEFORE INSERT ON workflow_steps
WHEN EXISTS (SELECT 1 FROM cases c WHERE c.workflow_hash = NEW.hash)
BEGIN
    SELECT RAISE(ABORT, 'definition_is_in_use');
END;

CREATE TRIGGER workflow_states_are_closed BEFORE INSERT ON workflow_states
WHEN EXISTS (SELECT 1 FROM cases c WHERE c.workflow_hash = NEW.hash)
BEGIN
    SELECT RAISE(ABORT, 'definition_is_in_use');
END;
