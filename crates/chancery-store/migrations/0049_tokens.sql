-- Tokens of programs: each acts for one person in one office. Of a token only the SHA-256 is kept; instants are
-- milliseconds since 1970 in UTC. A token that has ended leaves its row, for the entries about it.
CREATE TABLE api_token (
    id       INTEGER PRIMARY KEY,
    token    BLOB NOT NULL UNIQUE,
    person   INTEGER NOT NULL REFERENCES person (id),
    office   INTEGER NOT NULL REFERENCES office (id),
    -- Its name, sealed.
    sealed   BLOB NOT NULL,
    made     INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    used     INTEGER,
    leaf     INTEGER NOT NULL,
    end_leaf INTEGER
);
CREATE INDEX api_token_of_person ON api_token (person);
CREATE INDEX api_token_open ON api_token (id) WHERE end_leaf IS NULL;
