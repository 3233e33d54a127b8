-- How people sign in at the reading room. Of every secret only the SHA-256 is kept; instants are
-- milliseconds since 1970 in UTC.

-- The last request of a session, to the minute, and when its holder last proved who he is.
ALTER TABLE session ADD COLUMN seen INTEGER;
ALTER TABLE session ADD COLUMN proved INTEGER;
-- The office whose papers the holder has chosen to see; all offices held when none.
ALTER TABLE session ADD COLUMN office INTEGER REFERENCES office (id);

-- Codes that sign one person in once.
CREATE TABLE invitation (
    id      INTEGER PRIMARY KEY,
    code    BLOB NOT NULL UNIQUE,
    person  INTEGER NOT NULL REFERENCES person (id),
    -- Who gave it; none when it was given on the machine itself.
    given_by INTEGER REFERENCES person (id),
    given   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    used    INTEGER
);
CREATE INDEX invitation_open ON invitation (person) WHERE used IS NULL;
