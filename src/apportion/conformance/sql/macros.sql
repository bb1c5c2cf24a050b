-- The words in which focus/rules.csv speaks. Those about the inside of JSON want a JSON object.

-- A list of names as one text, so that a membership test is one search: 'a|b|'.
CREATE OR REPLACE MACRO is_subcategory(subcategory) AS contains('$subcategories', subcategory || '|');
CREATE OR REPLACE MACRO is_subcategory_of(subcategory, category) AS
    contains('$subcategories', category || '/' || subcategory || '|');

-- Whether price times quantity can be computed exactly in 38 digits.
CREATE OR REPLACE MACRO multiplies(price, quantity) AS
    (abs(quantity) < 1000000 AND abs(price) < 1000000)
    OR (abs(quantity) < 1000000000000000 AND abs(price) < 100000);

-- What rounding may explain: a millionth of a unit of currency, or of the amount. Widths are chosen so that nothing
-- overflows and no digits have to be cut off, which is slow.
CREATE OR REPLACE MACRO tolerance(amount) AS
    greatest(0.000001, TRY_CAST(abs(amount) AS DECIMAL(26, 12)) * 0.000001);
CREATE OR REPLACE MACRO is_near(one, other) AS
    abs(TRY_CAST(one AS DECIMAL(36, 12)) - TRY_CAST(other AS DECIMAL(36, 12))) <= tolerance(other);
CREATE OR REPLACE MACRO is_product(price, quantity, cost) AS
    CASE
        WHEN abs(quantity) < 1000000 AND abs(price) < 1000000
            THEN abs(
                TRY_CAST(price AS DECIMAL(18, 12)) * TRY_CAST(quantity AS DECIMAL(18, 12))
                - TRY_CAST(cost AS DECIMAL(24, 12))
            ) <= tolerance(cost)
        ELSE abs(
            TRY_CAST(price AS DECIMAL(17, 12)) * TRY_CAST(quantity AS DECIMAL(21, 6))
            - TRY_CAST(cost AS DECIMAL(24, 12))
        ) <= tolerance(cost)
    END;

-- JSON. An object, whose keys are different; an object whose values are not nested either.
CREATE OR REPLACE MACRO is_object(j) AS
    starts_with(ltrim(j), '{') AND TRY(CAST(CAST(j AS JSON) AS MAP(VARCHAR, VARCHAR))) IS NOT NULL;
CREATE OR REPLACE MACRO is_flat(j) AS
    CASE
        WHEN regexp_matches(j, ':\s*[{\[]')
            THEN len(list_filter(
                CAST(json_extract(j, '$$.*') AS JSON[]), lambda v: json_type(v) IN ('OBJECT', 'ARRAY')
            )) = 0
        ELSE true
    END;
CREATE OR REPLACE MACRO known_keys(j, known) AS
    len(list_filter(
        json_keys(j),
        lambda k: NOT (list_contains(known, k) OR regexp_full_match(k, 'x_[A-Z][a-zA-Z0-9]*'))
    )) = 0;
CREATE OR REPLACE MACRO is_numeric(j) AS json_type(j) IN ('BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT');
CREATE OR REPLACE MACRO is_absent(j) AS j IS NULL OR json_type(j) = 'NULL';
CREATE OR REPLACE MACRO elements(j, name) AS CAST(json_extract(j, '$$.' || name || '[*]') AS JSON[]);
CREATE OR REPLACE MACRO has_elements(j, name) AS
    coalesce(json_type(j, '$$.' || name) = 'ARRAY' AND json_array_length(j, '$$.' || name) > 0, false)
    AND known_keys(j, [name]);

CREATE OR REPLACE MACRO sku_keys_known(j) AS
    len(list_filter(json_keys(j), lambda k: NOT (starts_with(k, 'x_') OR list_contains([
        'CoreCount', 'DiskMaxIops', 'DiskSpace', 'DiskType', 'GpuCount', 'InstanceType', 'InstanceSeries', 'MemorySize',
        'NetworkMaxIops', 'NetworkMaxThroughput', 'OperatingSystem', 'Redundancy', 'StorageClass'
    ], k)))) = 0;

CREATE OR REPLACE MACRO allocation_shape(j) AS
    has_elements(j, 'Elements') AND len(list_filter(elements(j, 'Elements'), lambda e: (
        json_type(e) = 'OBJECT'
        AND known_keys(e, ['AllocatedRatio', 'UsageUnit', 'UsageQuantity'])
        AND is_numeric(e -> '$$.AllocatedRatio')
        AND TRY_CAST(e ->> '$$.AllocatedRatio' AS DECIMAL(18, 12)) BETWEEN 0 AND 1
        AND (is_absent(e -> '$$.UsageUnit') OR json_type(e, '$$.UsageUnit') = 'VARCHAR')
        AND (
            is_absent(e -> '$$.UsageQuantity')
            OR (is_numeric(e -> '$$.UsageQuantity') AND coalesce(json_type(e, '$$.UsageUnit') = 'VARCHAR', false))
        )
    ) IS NOT TRUE)) = 0;

CREATE OR REPLACE MACRO contract_shape(j) AS
    has_elements(j, 'Elements') AND len(list_filter(elements(j, 'Elements'), lambda e: (
        json_type(e) = 'OBJECT'
        AND known_keys(e, ['ContractId', 'ContractCommitmentId', 'ContractCommitmentAppliedCost',
            'ContractCommitmentAppliedQuantity', 'ContractCommitmentAppliedUnit'])
        AND json_type(e, '$$.ContractId') = 'VARCHAR'
        AND json_type(e, '$$.ContractCommitmentId') = 'VARCHAR'
        AND (is_absent(e -> '$$.ContractCommitmentAppliedCost') OR is_numeric(e -> '$$.ContractCommitmentAppliedCost'))
        AND (is_absent(e -> '$$.ContractCommitmentAppliedQuantity')
            OR is_numeric(e -> '$$.ContractCommitmentAppliedQuantity'))
        AND (is_absent(e -> '$$.ContractCommitmentAppliedUnit')
            OR json_type(e, '$$.ContractCommitmentAppliedUnit') = 'VARCHAR')
    ) IS NOT TRUE)) = 0;

CREATE OR REPLACE MACRO contract_measure(j) AS
    len(list_filter(elements(j, 'Elements'), lambda e: NOT (
        (is_absent(e -> '$$.ContractCommitmentAppliedCost')
            AND NOT is_absent(e -> '$$.ContractCommitmentAppliedQuantity')
            AND NOT is_absent(e -> '$$.ContractCommitmentAppliedUnit'))
        OR (NOT is_absent(e -> '$$.ContractCommitmentAppliedCost')
            AND is_absent(e -> '$$.ContractCommitmentAppliedQuantity')
            AND is_absent(e -> '$$.ContractCommitmentAppliedUnit'))
    ))) = 0;

CREATE OR REPLACE MACRO program_shape(j) AS
    has_elements(j, 'CommitmentPrograms') AND len(list_filter(elements(j, 'CommitmentPrograms'), lambda e: (
        json_type(e) = 'OBJECT'
        AND known_keys(e, ['ProgramType'])
        AND json_type(e, '$$.ProgramType') = 'VARCHAR'
    ) IS NOT TRUE)) = 0;
