-- Postings as they were: planned beside actual, cut within a day, why they ended, and the entries of the
-- record that began and ended them. An end on an unknown day has no end_day and the precision 'unknown'.

ALTER TABLE posting ADD COLUMN planned_start TEXT;
ALTER TABLE posting ADD COLUMN planned_start_precision TEXT;
-- Milliseconds since 1970 in UTC.
ALTER TABLE posting ADD COLUMN cut INTEGER;
ALTER TABLE posting ADD COLUMN reason TEXT;
-- Begun although all seats of the office were taken.
ALTER TABLE posting ADD COLUMN overlap INTEGER NOT NULL DEFAULT 0;
-- What the source says in words; sealed.
ALTER TABLE posting ADD COLUMN note BLOB;
ALTER TABLE posting ADD COLUMN start_leaf INTEGER;
ALTER TABLE posting ADD COLUMN end_leaf INTEGER;
