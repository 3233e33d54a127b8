-- The exposure index: which paper or public text holds the words of a quotation. Segments lie in sealed
-- blocks of one size; sizes alone are in the clear.

CREATE TABLE segment (
    name   INTEGER PRIMARY KEY,
    blocks INTEGER NOT NULL
);

CREATE TABLE segment_block (
    segment INTEGER NOT NULL REFERENCES segment (name) ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (segment, number)
);

-- Keyed hashes of words in the order of their numbers, sealed page by page.
CREATE TABLE vocabulary (
    page   INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
);

-- Texts that were published: quoting them is no leak. The digest is keyed; it finds a text filed twice.
CREATE TABLE public_text (
    id     INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    day    TEXT,
    leaf   INTEGER NOT NULL,
    sealed BLOB NOT NULL
);
