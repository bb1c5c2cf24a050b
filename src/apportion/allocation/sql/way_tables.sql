-- The nodes of a perspective (`stays` is what becomes there of cost that no rule takes), what they pass on (`next` is the node it goes to, none for final targets), the pairs of
-- node and day that cost has been at, and those whose rule waits for what the others attribute.
CREATE OR REPLACE TEMP TABLE nodes (node INTEGER, rule INTEGER, label VARCHAR, moves_to VARCHAR, stays VARCHAR $columns);

CREATE OR REPLACE TEMP TABLE passes (
    node INTEGER, day DATE, kind VARCHAR, target VARCHAR, evidence VARCHAR, measure VARCHAR,
    keys MAP(VARCHAR, VARCHAR), quantity DECIMAL(38, 12), total DECIMAL(38, 12), basis_from DATE, basis_to DATE,
    weight HUGEINT, whole HUGEINT, rule INTEGER, next INTEGER
);

CREATE OR REPLACE TEMP TABLE been (node INTEGER, day DATE);

CREATE OR REPLACE TEMP TABLE waiting (node INTEGER, day DATE)
