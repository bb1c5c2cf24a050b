-- One word for a company, however a bill spells it: AWS, Amazon Web Services, Inc. and AWS EMEA SARL are one.
CREATE OR REPLACE TEMP MACRO company(name) AS CASE
    WHEN regexp_matches(name, '(?i)\b(aws|amazon)\b') THEN 'aws'
    WHEN regexp_matches(name, '(?i)\b(microsoft|azure)\b') THEN 'microsoft'
    WHEN regexp_matches(name, '(?i)\b(google|gcp)\b') THEN 'google'
    WHEN regexp_matches(name, '(?i)\b(oracle|oci)\b') THEN 'oracle'
    ELSE nullif(regexp_replace(lower(name), '[^\pL\pN]', '', 'g'), '')
END
