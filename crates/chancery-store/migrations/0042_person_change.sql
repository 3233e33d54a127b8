-- Entries that say what was known of a person from then on. Who could read a paper on an earlier day is
-- decided by the clearance of that day.
CREATE TABLE person_change (
    leaf   INTEGER PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (id)
);
CREATE INDEX person_change_of_person ON person_change (person, leaf);
