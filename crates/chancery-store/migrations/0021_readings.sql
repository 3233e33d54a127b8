-- A reading list asks of paper after paper whether one person has read it: his readings lie together.

DROP INDEX reading_of_paper;
CREATE INDEX reading_of_paper ON reading (paper);
CREATE INDEX reading_by ON reading (person, paper);
