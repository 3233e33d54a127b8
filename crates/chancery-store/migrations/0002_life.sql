-- The life of a paper before its release, and every reading after it. Instants are milliseconds since
-- 1970 in UTC.

ALTER TABLE paper ADD COLUMN drafter INTEGER REFERENCES person (id);
ALTER TABLE paper ADD COLUMN lifts INTEGER;

-- Offices that were asked to clear a draft; given_by is who cleared it as it stands.
CREATE TABLE clearing (
    paper    INTEGER NOT NULL REFERENCES paper (id),
    office   INTEGER NOT NULL REFERENCES office (id),
    given_by INTEGER REFERENCES person (id),
    PRIMARY KEY (paper, office)
);

-- Every opening of a copy, through which office and by which entry of the record.
CREATE TABLE reading (
    id     INTEGER PRIMARY KEY,
    paper  INTEGER NOT NULL REFERENCES paper (id),
    person INTEGER NOT NULL REFERENCES person (id),
    office INTEGER NOT NULL REFERENCES office (id),
    at     INTEGER NOT NULL,
    leaf   INTEGER NOT NULL
);
CREATE INDEX reading_of_person ON reading (person, at);
CREATE INDEX reading_of_paper ON reading (paper, person);
