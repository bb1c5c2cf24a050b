-- What nodes pass on under one rule: kind is 'to' (a target of the rule), 'rest' (what it leaves), 'node' (a known
-- node, by number), 'idle' or 'unallocated'.
CREATE OR REPLACE TEMP TABLE passed (
    node INTEGER, day DATE, kind VARCHAR, target VARCHAR, evidence VARCHAR, measure VARCHAR,
    keys MAP(VARCHAR, VARCHAR), quantity DECIMAL(38, 12), total DECIMAL(38, 12), basis_from DATE, basis_to DATE,
    weight HUGEINT, whole HUGEINT
)
