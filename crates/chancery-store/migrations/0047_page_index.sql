-- The page index: the widths of the words of released papers, by which pictures are matched. Each segment
-- lies in sealed blocks; all of it is derived from the parts named `widths` and can be made anew.

CREATE TABLE page_segment (
    name   INTEGER PRIMARY KEY,
    blocks INTEGER NOT NULL
);

CREATE TABLE page_block (
    segment INTEGER NOT NULL REFERENCES page_segment (name) ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    sealed  BLOB NOT NULL,
    PRIMARY KEY (segment, number)
);
