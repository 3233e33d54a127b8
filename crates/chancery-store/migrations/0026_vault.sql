-- The ring: keys wrapped under the archive's root key. A new root rewraps these few rows and no data.
CREATE TABLE ring (
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (name, version)
);

-- 32 random bytes that a paper's heading cannot be opened without. With the paper's wrapped key it goes into the
-- backups of keys and not into those of the database, and both are destroyed with the paper.
ALTER TABLE paper ADD COLUMN lock BLOB;

-- Papers that one officer has asked to destroy, and those that a second one destroyed. Instants are milliseconds
-- since 1970 in UTC.
CREATE TABLE disposal (
    paper        INTEGER PRIMARY KEY REFERENCES paper (id),
    asked_by     INTEGER NOT NULL REFERENCES person (id),
    asked        INTEGER NOT NULL,
    destroyed_by INTEGER REFERENCES person (id),
    destroyed    INTEGER,
    leaf         INTEGER
);
