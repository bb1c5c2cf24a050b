-- Operations of a run's days with their tokens, added up where one price holds for all of them. Operations whose
-- counts are missing or contradict each other stay apart: they have no price.
SELECT
    CAST(time AS DATE) AS day,
    provider,
    coalesce(model, requested_model) AS model,
    service_tier,
    batch,
    region,
    currency,
    coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, cache_write_1h_tokens, 0) > input_tokens
    OR coalesce(cache_write_1h_tokens, 0) > coalesce(cache_write_tokens, cache_write_1h_tokens, 0)
    OR coalesce(cache_audio_read_tokens, 0) > coalesce(cache_read_tokens, 0)
    OR coalesce(cache_audio_read_tokens, 0) > coalesce(input_audio_tokens, cache_audio_read_tokens, 0)
    OR coalesce(input_audio_tokens, cache_audio_read_tokens, 0) + coalesce(input_image_tokens, 0) > input_tokens
    OR coalesce(reasoning_tokens, 0) > output_tokens
    OR coalesce(output_audio_tokens, 0) + coalesce(output_image_tokens, 0) > output_tokens AS contradicts,
    input_tokens IS NULL AS no_input,
    output_tokens IS NULL AS no_output,
    CAST(sum(coalesce(requests, 1)) AS BIGINT) AS operations,
    sum(cost) AS cost,
    CAST(sum(input_tokens) AS HUGEINT) AS input_tokens,
    CAST(sum(cache_read_tokens) AS HUGEINT) AS cache_read_tokens,
    CAST(sum(coalesce(cache_write_tokens, cache_write_1h_tokens)) AS HUGEINT) AS cache_write_tokens,
    CAST(sum(cache_write_1h_tokens) AS HUGEINT) AS cache_write_1h_tokens,
    CAST(sum(coalesce(input_audio_tokens, cache_audio_read_tokens)) AS HUGEINT) AS input_audio_tokens,
    CAST(sum(cache_audio_read_tokens) AS HUGEINT) AS cache_audio_read_tokens,
    CAST(sum(input_image_tokens) AS HUGEINT) AS input_image_tokens,
    CAST(sum(output_tokens) AS HUGEINT) AS output_tokens,
    CAST(sum(reasoning_tokens) AS HUGEINT) AS reasoning_tokens,
    CAST(sum(output_audio_tokens) AS HUGEINT) AS output_audio_tokens,
    CAST(sum(output_image_tokens) AS HUGEINT) AS output_image_tokens
FROM operations
WHERE time >= CAST($$start AS TIMESTAMPTZ) AND time < CAST($$until AS TIMESTAMPTZ)
GROUP BY ALL
ORDER BY ALL
