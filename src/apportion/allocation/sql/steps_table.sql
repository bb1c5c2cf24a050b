-- What the nodes of every perspective pass on, as it is kept.
CREATE OR REPLACE TEMP TABLE steps (
    perspective VARCHAR, period VARCHAR, day DATE, node VARCHAR, rule VARCHAR, method VARCHAR, "to" VARCHAR,
    target_kind VARCHAR, target VARCHAR, evidence VARCHAR, measure VARCHAR, keys MAP(VARCHAR, VARCHAR),
    quantity DECIMAL(38, 12), total DECIMAL(38, 12), basis_from DATE, basis_to DATE, weight BIGINT, whole BIGINT
)
