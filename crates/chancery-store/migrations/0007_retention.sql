-- Retention: the days in the clear, so that what is due can be found; the rest sealed.
CREATE TABLE retention (
    paper  INTEGER PRIMARY KEY REFERENCES paper (id),
    review TEXT,
    plan   TEXT,
    sealed BLOB NOT NULL
);
CREATE INDEX retention_review ON retention (review);
CREATE INDEX retention_plan ON retention (plan);

-- Public versions that were made of papers.
CREATE TABLE publication (
    id     INTEGER PRIMARY KEY,
    paper  INTEGER NOT NULL REFERENCES paper (id),
    sha256 BLOB NOT NULL,
    leaf   INTEGER NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX publication_of_paper ON publication (paper);
