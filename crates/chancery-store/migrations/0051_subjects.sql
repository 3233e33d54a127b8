-- Subjects of the house's issuer (OpenID Connect) that sign a person in. One that was unlinked leaves its row, without
-- what was sealed in it, for the entries about it; instants are milliseconds since 1970 in UTC.
CREATE TABLE subject (
    id       INTEGER PRIMARY KEY,
    -- A keyed hash of issuer and subject.
    mark     BLOB NOT NULL,
    person   INTEGER NOT NULL REFERENCES person (id),
    -- The subject as the issuer writes it, sealed.
    sealed   BLOB NOT NULL,
    added    INTEGER NOT NULL,
    leaf     INTEGER NOT NULL,
    end_leaf INTEGER
);
CREATE UNIQUE INDEX subject_linked ON subject (mark) WHERE end_leaf IS NULL;
CREATE INDEX subject_of_person ON subject (person);
