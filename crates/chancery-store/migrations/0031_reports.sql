-- What readers reported about their copies: lost, left somewhere, seen by somebody. What they said is sealed
-- in the record's entry.
CREATE TABLE report (
    id     INTEGER PRIMARY KEY,
    paper  INTEGER NOT NULL REFERENCES paper (id),
    person INTEGER NOT NULL REFERENCES person (id),
    at     INTEGER NOT NULL,
    leaf   INTEGER NOT NULL
);
CREATE INDEX report_of_person ON report (person);
