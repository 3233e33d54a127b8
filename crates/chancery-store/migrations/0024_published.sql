-- Hashes of complete subtrees of 256, 65,536, ... entries: what proofs and tiles are made of.
CREATE TABLE node (
    level    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    PRIMARY KEY (level, position)
);

-- Checkpoints that have left the house, or may: all of padded sizes. `shown` ones are served to everybody.
CREATE TABLE published (
    size  INTEGER PRIMARY KEY,
    note  TEXT NOT NULL,
    at    INTEGER NOT NULL,
    turn  INTEGER NOT NULL,
    shown INTEGER NOT NULL
);
