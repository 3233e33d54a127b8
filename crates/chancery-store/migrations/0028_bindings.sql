-- Who has which copy is sealed apart from papers and their keys. A holder stands as a keyed hash, the number
-- inside `sealed`; `boxed` opens with the credentials of two officers alone. Copies that builds before this one
-- gave out were bound in the clear and are not carried over.
DROP TABLE copy;

CREATE TABLE binding (
    paper  INTEGER NOT NULL REFERENCES paper (id),
    holder BLOB NOT NULL,
    sealed BLOB NOT NULL,
    boxed  BLOB,
    PRIMARY KEY (paper, holder)
);

-- Officers of inquiries, each with the public half of a key that he keeps himself.
CREATE TABLE officer (
    person    INTEGER PRIMARY KEY REFERENCES person (id),
    recipient TEXT NOT NULL
);

-- The secret that opens boxes, encrypted to one officer and then to another, for every two of them.
CREATE TABLE officer_pair (
    one    INTEGER NOT NULL,
    two    INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (one, two)
);

-- Acts that put many copies of a paper into one hand: findings about the paper name them.
CREATE TABLE bulk_export (
    leaf  INTEGER PRIMARY KEY,
    paper INTEGER NOT NULL REFERENCES paper (id)
);

-- Copies that left as sealed files, until their receipts come back.
CREATE TABLE bag (
    leaf     INTEGER PRIMARY KEY,
    paper    INTEGER NOT NULL REFERENCES paper (id),
    person   INTEGER NOT NULL REFERENCES person (id),
    returned INTEGER
);
