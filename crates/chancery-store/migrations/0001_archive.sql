-- The archive, first edition. Everything that would tell a thief what the papers are about is sealed
-- before it comes here; what stays in the clear is handles, days, states and sizes.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

CREATE TABLE person (
    id     INTEGER PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
);

CREATE TABLE office (
    id     INTEGER PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
);

CREATE TABLE posting (
    id              INTEGER PRIMARY KEY,
    person          INTEGER NOT NULL REFERENCES person (id),
    office          INTEGER NOT NULL REFERENCES office (id),
    capacity        TEXT NOT NULL,
    start_day       TEXT,
    start_precision TEXT,
    planned_end     TEXT,
    end_day         TEXT,
    end_precision   TEXT,
    source          TEXT UNIQUE
);
CREATE INDEX posting_of_person ON posting (person);
CREATE INDEX posting_of_office ON posting (office);

CREATE TABLE paper (
    id           INTEGER PRIMARY KEY,
    state        TEXT NOT NULL,
    office       INTEGER NOT NULL REFERENCES office (id),
    released     TEXT,
    release_leaf INTEGER,
    source       BLOB UNIQUE,
    sealed       BLOB NOT NULL
);

CREATE TABLE distribution (
    paper     INTEGER NOT NULL REFERENCES paper (id),
    office    INTEGER NOT NULL REFERENCES office (id),
    addressed TEXT NOT NULL,
    PRIMARY KEY (paper, office)
);
CREATE INDEX distribution_of_office ON distribution (office);

-- Sealed parts of a paper: draft, master, laws, sketch, key, nonce.
CREATE TABLE part (
    paper  INTEGER NOT NULL REFERENCES paper (id),
    name   TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (paper, name)
);

-- One person has one copy of a paper, one number, for ever.
CREATE TABLE copy (
    id     INTEGER PRIMARY KEY,
    paper  INTEGER NOT NULL REFERENCES paper (id),
    person INTEGER NOT NULL REFERENCES person (id),
    number INTEGER NOT NULL,
    leaf   INTEGER NOT NULL,
    UNIQUE (paper, person),
    UNIQUE (paper, number)
);

CREATE TABLE inquiry (
    id       INTEGER PRIMARY KEY,
    state    TEXT NOT NULL,
    opened   INTEGER NOT NULL REFERENCES person (id),
    approved INTEGER REFERENCES person (id),
    sealed   BLOB NOT NULL
);

-- The record's entries in order. The leaf is the commitment; salt and body open it.
CREATE TABLE leaf (
    position   INTEGER PRIMARY KEY,
    commitment BLOB NOT NULL,
    sealed     BLOB NOT NULL
);
