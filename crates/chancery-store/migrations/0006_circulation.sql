-- The circulation of papers: kinds, serials, collectives, corrections, and the history of each paper.
-- Subjects, texts and reasons stay sealed; reasons stand in the record's entries alone.

ALTER TABLE paper ADD COLUMN kind TEXT NOT NULL DEFAULT 'cable';
ALTER TABLE paper ADD COLUMN book INTEGER NOT NULL DEFAULT 0;
ALTER TABLE paper ADD COLUMN released_at INTEGER;
ALTER TABLE paper ADD COLUMN serial INTEGER;
ALTER TABLE paper ADD COLUMN serial_year INTEGER;
UPDATE paper SET released_at = strftime('%s', released) * 1000 WHERE released IS NOT NULL;
CREATE UNIQUE INDEX paper_serial ON paper (office, serial_year, serial);
CREATE INDEX paper_of_office ON paper (office, released_at);

-- The last serial that an office gave in a year. It only grows: no number is given twice, whatever
-- becomes of its paper.
CREATE TABLE serial (
    office INTEGER NOT NULL REFERENCES office (id),
    year   INTEGER NOT NULL,
    last   INTEGER NOT NULL,
    PRIMARY KEY (office, year)
);

CREATE TABLE collective (
    id     INTEGER PRIMARY KEY,
    handle TEXT NOT NULL UNIQUE
);

CREATE TABLE member (
    collective INTEGER NOT NULL REFERENCES collective (id),
    office     INTEGER NOT NULL REFERENCES office (id),
    start_day  TEXT NOT NULL,
    end_day    TEXT,
    PRIMARY KEY (collective, office, start_day)
);

-- Collectives that a paper is addressed to, and offices that do not get it through one.
CREATE TABLE addressed_collective (
    paper      INTEGER NOT NULL REFERENCES paper (id),
    collective INTEGER NOT NULL REFERENCES collective (id),
    addressed  TEXT NOT NULL,
    PRIMARY KEY (paper, collective)
);
CREATE TABLE exempted (
    paper  INTEGER NOT NULL REFERENCES paper (id),
    office INTEGER NOT NULL REFERENCES office (id),
    PRIMARY KEY (paper, office)
);

-- An office's list of new papers is read off one index: the newest first, without its papers' rows.
ALTER TABLE distribution ADD COLUMN released_at INTEGER;
ALTER TABLE distribution ADD COLUMN via INTEGER REFERENCES collective (id);
UPDATE distribution SET released_at = (SELECT released_at FROM paper WHERE id = paper);
DROP INDEX distribution_of_office;
CREATE INDEX distribution_newest ON distribution (office, released_at, paper);

-- A paper that corrects or cancels an earlier one, once it is released.
CREATE TABLE sequel (
    paper    INTEGER PRIMARY KEY REFERENCES paper (id),
    target   INTEGER NOT NULL REFERENCES paper (id),
    relation TEXT NOT NULL
);
CREATE INDEX sequel_of ON sequel (target);

-- Every act on a paper: by whom, through which office, when, and the entry that says more.
CREATE TABLE history (
    id     INTEGER PRIMARY KEY,
    paper  INTEGER NOT NULL REFERENCES paper (id),
    deed   TEXT NOT NULL,
    person INTEGER NOT NULL REFERENCES person (id),
    office INTEGER NOT NULL REFERENCES office (id),
    at     INTEGER NOT NULL,
    leaf   INTEGER NOT NULL
);
CREATE INDEX history_of_paper ON history (paper, deed, person);
