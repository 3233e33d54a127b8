-- Passkeys: keys with which people sign in. Private keys never come here. A key that was removed leaves its row,
-- without what was sealed in it, for the entries about it; instants are milliseconds since 1970 in UTC.
CREATE TABLE passkey (
    id      INTEGER PRIMARY KEY,
    -- A keyed hash of the name by which browsers know the key.
    mark    BLOB NOT NULL UNIQUE,
    person  INTEGER NOT NULL REFERENCES person (id),
    -- What its holder calls it, its public half and its counter, sealed; nothing once it was removed.
    sealed  BLOB NOT NULL,
    added   INTEGER NOT NULL,
    used    INTEGER,
    leaf    INTEGER NOT NULL,
    end_leaf INTEGER
);
CREATE INDEX passkey_of_person ON passkey (person);
