-- Searching and watching. Queries, names of saved searches and alarms are sealed; a mark is a keyed hash by
-- which a sealed row is found again.

-- Every search, with its entry in the record.
CREATE TABLE searched (
    id     INTEGER PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (id),
    at     INTEGER NOT NULL,
    leaf   INTEGER NOT NULL,
    sealed BLOB NOT NULL
);

CREATE TABLE saved_search (
    person INTEGER NOT NULL REFERENCES person (id),
    mark   BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (person, mark)
);

-- Openings that readers asked for themselves (exports for couriers are not): what the watch looks at.
-- caption is a keyed hash of the paper's handling words.
CREATE TABLE sighting (
    id      INTEGER PRIMARY KEY,
    person  INTEGER NOT NULL REFERENCES person (id),
    paper   INTEGER NOT NULL REFERENCES paper (id),
    through INTEGER NOT NULL REFERENCES office (id),
    at      INTEGER NOT NULL,
    caption INTEGER NOT NULL
);
CREATE INDEX sighting_of_person ON sighting (person, at);

-- One alarm for each person, rule and day; the mark stands for the three.
CREATE TABLE alarm (
    id     INTEGER PRIMARY KEY,
    mark   BLOB NOT NULL UNIQUE,
    at     INTEGER NOT NULL,
    leaf   INTEGER NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX alarm_at ON alarm (at);
