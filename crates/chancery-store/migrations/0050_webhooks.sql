-- Addresses that are told of releases and findings, and what they are to be told. Instants are milliseconds since
-- 1970 in UTC. One that was removed leaves its row, without what was sealed in it, for the entries about it.
CREATE TABLE webhook (
    id       INTEGER PRIMARY KEY,
    -- Random; the row's name where it is sealed.
    mark     BLOB NOT NULL UNIQUE,
    -- The address and the secret, sealed; nothing once it was removed.
    sealed   BLOB NOT NULL,
    added    INTEGER NOT NULL,
    leaf     INTEGER NOT NULL,
    end_leaf INTEGER
);
CREATE TABLE delivery (
    id       INTEGER PRIMARY KEY,
    webhook  INTEGER NOT NULL REFERENCES webhook (id),
    -- What was done, to what, when, and the entry that tells of it.
    act      TEXT NOT NULL,
    about    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    leaf     INTEGER NOT NULL,
    -- How often it was tried, and when it is tried next.
    tries    INTEGER NOT NULL DEFAULT 0,
    due      INTEGER NOT NULL,
    -- When it was delivered or given up, and with which outcome.
    ended    INTEGER,
    outcome  TEXT
);
CREATE INDEX delivery_due ON delivery (due) WHERE ended IS NULL;
CREATE INDEX delivery_of_webhook ON delivery (webhook, id);
