-- Single operations of what is asked of, the dearest first; those without a cost last.
SELECT operation_id, time, feature, provider, model, input_tokens, output_tokens, paid AS cost, price_state, success,
    COUNT(*) OVER () AS calls
FROM asked WHERE now
ORDER BY paid DESC NULLS LAST, time DESC, operation_id
LIMIT $most
