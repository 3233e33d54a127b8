-- What was found outside, byte for byte, apart from the files of the inquiries: sealed one by one, so that
-- their size is limited by the size of a leak and an inquiry's own file stays small.
CREATE TABLE leak (
    inquiry INTEGER NOT NULL REFERENCES inquiry (id),
    ordinal INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (inquiry, ordinal)
);
