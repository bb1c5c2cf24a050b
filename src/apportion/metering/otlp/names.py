"""Names of attributes that tell of a call, by meaning; the dimensions of business have a table of their own.

Names are compared in one spelling (`values.canonical`): lower case, words joined by _, so that
`gen_ai.usage.cache_read.input_tokens` and `gen_ai.usage.cache_read_input_tokens` are one.
"""

from apportion.metering.otlp.span import CALL, CONTAINER, TOOL

USAGE_PREFIXES = (
    "gen_ai_usage_", "anthropic_usage_", "llm_token_count_", "llm_usage_", "ai_usage_",
    "gen_ai_usage_details_",
)  # fmt: skip
"""What names of token counts begin with, best first. `gen_ai.aggregated_usage.` is a sum."""

BARE = {
    "input_tokens", "output_tokens", "prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens",
    "cache_read_tokens", "cache_read_input_tokens", "cache_creation_tokens", "cache_creation_input_tokens",
    "reasoning_tokens",
}  # fmt: skip
"""Counts that programs put on spans of their own without any prefix."""

COUNTS = {
    "input": (
        "input_tokens", "prompt_tokens", "prompt", "input", "tokens", "prompt_token_count",
        "prompt_eval_count",
    ),
    "output": ("output_tokens", "completion_tokens", "completion", "output", "eval_count"),
    "candidates": ("candidates_token_count", "candidates_tokens"),
    "total": ("total_tokens", "total", "total_token_count"),
    "fresh": ("input_token_details_no_cache_tokens",),
    "tool_prompt": ("tool_use_prompt_token_count",),
    "cache_read": (
        "cache_read_input_tokens", "cache_read_tokens", "cached_input_tokens", "cached_tokens", "cache_read",
        "prompt_details_cache_read", "prompt_tokens_details_cached_tokens",
        "input_tokens_details_cached_tokens",
        "input_token_details_cache_read_tokens", "input_token_details_cache_read", "input_tokens_cached",
        "input_cached_tokens", "input_cache_read", "cache_read_input_token_count",
        "cached_content_token_count",
        "prompt_tokens_cached", "prompt_cache_hit_tokens", "input_tokens_cache_read",
    ),
    "cache_write": (
        "cache_write_input_tokens", "cache_creation_input_tokens", "cache_write_tokens",
        "cache_creation_tokens",
        "prompt_details_cache_write", "prompt_tokens_details_cache_creation_tokens",
        "input_tokens_cache_write",
        "input_token_details_cache_write_tokens", "input_token_details_cache_creation", "cache_write",
        "input_cache_creation", "cache_creation", "cache_write_input_token_count", "input_cache_write",
        "input_tokens_cache_creation", "prompt_tokens_details_cache_write_tokens",
    ),
    "write_5m": (
        "cache_creation_ephemeral_5m_input_tokens", "input_token_details_ephemeral_5m_input_tokens",
        "prompt_tokens_details_cache_creation_token_details_ephemeral_5m_input_tokens",
    ),
    "write_1h": (
        "cache_creation_ephemeral_1h_input_tokens", "input_token_details_ephemeral_1h_input_tokens",
        "prompt_tokens_details_cache_creation_token_details_ephemeral_1h_input_tokens",
    ),
    "reasoning": (
        "reasoning_output_tokens", "reasoning_tokens", "output_tokens_reasoning",
        "completion_details_reasoning",
        "output_token_details_reasoning_tokens", "output_token_details_reasoning", "output_reasoning_tokens",
        "completion_tokens_details_reasoning_tokens", "output_tokens_details_reasoning_tokens",
        "output_reasoning",
        "output_tokens_details_thinking_tokens", "thoughts_tokens", "thinking_tokens",
        "completion_reasoning_tokens",
    ),
    "thoughts": ("thoughts_token_count",),
    "input_audio": (
        "input_audio_tokens", "prompt_details_audio", "prompt_tokens_details_audio_tokens",
        "input_tokens_audio",
        "input_tokens_details_audio_tokens", "input_token_details_audio", "input_token_details_audio_tokens",
        "audio_input_tokens",
    ),
    "cache_audio": ("cache_audio_read_tokens",),
    "input_image": (
        "input_image_tokens", "prompt_details_image", "prompt_tokens_details_image_tokens",
        "input_tokens_details_image_tokens", "input_token_details_image_tokens",
    ),
    "output_audio": (
        "output_audio_tokens", "completion_details_audio", "completion_tokens_details_audio_tokens",
        "output_tokens_details_audio_tokens", "output_token_details_audio", "output_tokens_audio",
    ),
    "output_image": (
        "output_image_tokens", "completion_tokens_details_image_tokens", "output_tokens_details_image_tokens",
    ),
}  # fmt: skip
"""Counts by what they are called after one of the prefixes, or within a usage object."""

FACTS = {
    "operation": ("gen_ai_operation_name",),
    "provider": (
        "gen_ai_provider_name", "gen_ai_system", "llm_provider", "ai_model_provider", "llm_system",
        "embedding_provider",
        "llm_vendor", "ls_provider",
    ),
    "response_model": (
        "gen_ai_response_model", "ai_response_model", "llm_response_model_name", "llm_response_model",
    ),
    "model": (
        "llm_model_name", "embedding_model_name", "langfuse_observation_model_name", "reranker_model_name",
        "model", "model_name",
    ),
    "requested_model": (
        "gen_ai_request_model", "ai_model_id", "llm_request_model_name", "llm_request_model",
        "mlflow_llm_model",
    ),
    "response_id": ("gen_ai_response_id", "ai_response_id", "llm_response_id"),
    "response_tier": (
        "gen_ai_openai_response_service_tier", "openai_response_service_tier",
        "anthropic_response_service_tier",
        "gen_ai_response_service_tier", "gen_ai_service_tier",
    ),
    "request_tier": (
        "gen_ai_openai_request_service_tier", "openai_request_service_tier", "anthropic_request_service_tier",
        "gen_ai_request_service_tier",
    ),
    "max_tokens": (
        "gen_ai_request_max_tokens", "gen_ai_request_max_output_tokens",
        "gen_ai_request_max_completion_tokens",
        "llm_request_max_tokens", "ai_settings_max_output_tokens", "ai_settings_max_tokens",
    ),
    "batch": ("gen_ai_request_batch", "gen_ai_batch", "batch"),
    "tool": ("gen_ai_tool_name", "ai_tool_call_name", "tool_name"),
    "agent_run": ("agent_name", "gen_ai_agent_call_id"),
    "error": ("error_type", "exception_type"),
    "http_status": ("http_response_status_code",),
    "log_like": ("logfire_span_type",),
    "litellm": ("litellm_call_id",),
}  # fmt: skip
"""What else is told of a call; the first name that has a value counts."""

COSTS = {
    "cost": (
        "operation_cost", "gen_ai_usage_cost_total", "gen_ai_usage_cost", "gen_ai_usage_total_cost",
        "gen_ai_cost_total",
        "gen_ai_cost_total_cost", "gen_ai_cost_amount", "gen_ai_cost", "gen_ai_usage_cost_total_cost",
        "llm_cost_total",
        "llm_cost", "llm_response_cost", "litellm_cost_total", "gen_ai_cost_total_tokens",
    ),
    "cost_in": (
        "gen_ai_usage_cost_input", "gen_ai_usage_input_cost", "gen_ai_cost_input", "gen_ai_cost_input_cost",
        "gen_ai_cost_input_tokens", "llm_cost_prompt", "gen_ai_usage_cost_input_tokens",
    ),
    "cost_out": (
        "gen_ai_usage_cost_output", "gen_ai_usage_output_cost", "gen_ai_cost_output",
        "gen_ai_cost_output_cost",
        "gen_ai_cost_output_tokens", "llm_cost_completion", "gen_ai_usage_cost_output_tokens",
    ),
    "cost_object": ("langfuse_observation_cost_details",),
}  # fmt: skip
"""What others say a call cost, in USD: the whole, or its two parts, or an object with a total."""

USAGES = (
    "gen_ai_usage_raw", "metadata_usage_object", "litellm_metadata_usage_object",
    "langfuse_observation_usage_details",
    "mlflow_chat_token_usage", "raw_usage", "gen_ai_usage", "llm_usage", "usage",
)  # fmt: skip
"""Attributes that may be a usage object, as JSON or as Python prints it."""

ANSWERS = (
    "gen_ai_usage_raw", "output_value", "response_data", "gcp_vertex_agent_llm_response",
    "ai_response_provider_metadata", "genkit_output", *USAGES[1:],
)  # fmt: skip
"""Attributes that may hold a usage object; numbers and ids are taken from them, never what was said."""

PARAMETERS = ("llm_invocation_parameters", "langfuse_observation_model_parameters", "ai_settings")
"""Attributes that may hold what was asked of the model in JSON."""

KINDS = (
    "ai_operation_id", "openinference_span_kind", "gen_ai_operation_name", "langfuse_observation_type",
    "langsmith_span_kind", "mlflow_span_type", "genkit_metadata_subtype", "llm_request_type",
    "gen_ai_span_kind",
    "traceloop_span_kind",
)  # fmt: skip
"""Attributes that say what a span is; the first that is understood decides."""

_CHATS = (
    "chat", "llm", "chat_model", "chat_completion", "chat_completions", "completions", "completion",
    "acompletion",
    "message", "messages", "anthropic_messages", "response", "responses", "aresponses", "generation", "model",
    "llm_request", "inference", "streaming_chat",
)  # fmt: skip
OPERATIONS = {
    **dict.fromkeys(_CHATS, "chat"),
    "text_completion": "text_completion", "atext_completion": "text_completion",
    "generate_content": "generate_content", "agenerate_content": "generate_content",
    "embeddings": "embeddings", "embedding": "embeddings", "aembedding": "embeddings", "embed": "embeddings",
    "rerank": "rerank", "arerank": "rerank", "image_generation": "image_generation",
    "aimage_generation": "image_generation", "transcription": "transcription",
    "atranscription": "transcription",
    "speech": "speech", "aspeech": "speech",
}  # fmt: skip
"""Kinds of spans that are calls of a model, and the operation that they are, as OpenTelemetry names it."""

ROLES = {
    **dict.fromkeys(OPERATIONS, CALL),
    **dict.fromkeys(
        ("invoke_agent", "create_agent", "invoke_workflow", "agent", "workflow", "chain", "task", "plan",
        "span", "graph",
         "prompt", "handoff", "session", "evaluator", "guardrail", "decision", "flow", "step"),
        CONTAINER,
    ),
    **dict.fromkeys(("execute_tool", "tool", "retrieval", "retriever", "reranker", "function", "event",
    "mcp"), TOOL),
}  # fmt: skip
"""What a span is, by what its kind says. Usage on anything but a call sums up or repeats that of calls."""
