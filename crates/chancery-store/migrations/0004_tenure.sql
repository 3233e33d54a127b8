-- How tenure ends and is handed on: resignations, delegations, sessions, duplicate persons, handovers,
-- and the accreditation of chiefs of mission. Letters, reasons and notes are sealed; instants are
-- milliseconds since 1970 in UTC.

CREATE TABLE resignation (
    id         INTEGER PRIMARY KEY,
    person     INTEGER NOT NULL REFERENCES person (id),
    office     INTEGER NOT NULL REFERENCES office (id),
    appointing INTEGER NOT NULL REFERENCES office (id),
    offered    INTEGER NOT NULL,
    -- JSON of the domain's standing.
    standing   TEXT NOT NULL,
    decided_by INTEGER REFERENCES person (id),
    sealed     BLOB NOT NULL
);
CREATE INDEX resignation_of_person ON resignation (person, office);

-- Deputies' postings and the postings that they live on.
CREATE TABLE delegation (
    posting INTEGER PRIMARY KEY REFERENCES posting (id),
    holder  INTEGER NOT NULL REFERENCES posting (id)
);
CREATE INDEX delegation_of_holder ON delegation (holder);

-- Only the SHA-256 of a session's token is kept.
CREATE TABLE session (
    id     INTEGER PRIMARY KEY,
    token  BLOB NOT NULL UNIQUE,
    person INTEGER NOT NULL REFERENCES person (id),
    opened INTEGER NOT NULL,
    ended  INTEGER
);
CREATE INDEX session_open ON session (person) WHERE ended IS NULL;

-- Duplicate records of persons. A chain is flattened when it arises: into_person stands by itself.
CREATE TABLE merged (
    person      INTEGER PRIMARY KEY REFERENCES person (id),
    into_person INTEGER NOT NULL REFERENCES person (id),
    leaf        INTEGER NOT NULL
);
CREATE INDEX merged_into ON merged (into_person);

-- Papers on which an office has taken the action asked of it.
CREATE TABLE done (
    paper  INTEGER NOT NULL REFERENCES paper (id),
    office INTEGER NOT NULL REFERENCES office (id),
    person INTEGER NOT NULL REFERENCES person (id),
    leaf   INTEGER NOT NULL,
    PRIMARY KEY (paper, office)
);

CREATE TABLE handover (
    id             INTEGER PRIMARY KEY,
    office         INTEGER NOT NULL REFERENCES office (id),
    from_person    INTEGER NOT NULL REFERENCES person (id),
    to_person      INTEGER NOT NULL REFERENCES person (id),
    -- SHA-256 of the statement that was entered.
    statement      BLOB NOT NULL UNIQUE,
    leaf           INTEGER NOT NULL,
    confirmed_leaf INTEGER
);

CREATE TABLE accreditation (
    id     INTEGER PRIMARY KEY,
    office INTEGER NOT NULL REFERENCES office (id),
    person INTEGER NOT NULL REFERENCES person (id),
    -- Short name of the receiving state.
    state  TEXT NOT NULL
);
CREATE INDEX accreditation_of_person ON accreditation (person, state);

CREATE TABLE accreditation_event (
    id            INTEGER PRIMARY KEY,
    accreditation INTEGER NOT NULL REFERENCES accreditation (id),
    day           TEXT NOT NULL,
    -- JSON of the domain's event.
    event         TEXT NOT NULL,
    leaf          INTEGER NOT NULL,
    -- What was said, in words.
    note          BLOB
);
CREATE INDEX event_of_accreditation ON accreditation_event (accreditation);
