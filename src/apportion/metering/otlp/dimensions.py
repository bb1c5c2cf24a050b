"""Which attributes name a customer, a feature, a team: the one table of it.

Names are in one spelling (`values.canonical`): `customer.id`, `customerId` and `customer_id` are one. The
first name that has a value counts, on the nearest span: the call's own, then those above, then the resource.
"""

NAMED = {
    "customer": (
        "customer", "customer_id", "customer_name", "tenant", "tenant_id", "tenant_name", "end_customer",
        "end_customer_id", "customer_account",
    ),
    "plan": (
        "plan", "customer_plan", "plan_name", "plan_id", "customer_tier", "subscription_plan",
        "subscription_tier",
        "pricing_plan", "tier",
    ),
    "feature": ("feature", "feature_name", "feature_id", "use_case"),
    "organization": ("organization", "organization_id", "organization_name", "org", "org_id"),
    "cost_center": ("cost_center", "cost_centre", "costcenter", "cost_center_id"),
    "team": (
        "team", "team_name", "team_id", "user_api_key_team_alias", "user_api_key_team_id",
        "litellm_team_alias",
        "litellm_team_id", "team_alias", "squad",
    ),
    "project": ("project", "project_name", "project_id"),
    "user": (
        "user", "user_id", "enduser_id", "end_user", "end_user_id", "gen_ai_user", "gen_ai_user_id",
        "llm_user",
        "gen_ai_request_user", "user_api_key_end_user_id", "litellm_end_user_id",
    ),
    "workflow": ("workflow", "workflow_id", "workflow_run_id", "workflow_name"),
    "conversation": (
        "conversation", "conversation_id", "gen_ai_conversation_id", "session_id", "session", "thread_id",
        "chat_id",
        "gen_ai_thread_id", "gen_ai_session_id", "mlflow_trace_session", "anthropic_session_id",
    ),
    "environment": (
        "environment", "deployment_environment_name", "deployment_environment", "env", "gen_ai_environment",
    ),
    "region": ("region", "cloud_region", "aws_region"),
    "prompt": (
        "prompt_name", "gen_ai_prompt_name", "observation_prompt_name", "gen_ai_prompt_id", "prompt_id",
        "prompt_key",
        "traceloop_prompt_key", "prompt_template_name", "llm_prompt_template_name", "prompt_template_id",
    ),
    "variant": (
        "variant", "prompt_variant", "variant_name", "variant_id", "experiment_variant", "ab_variant",
    ),
    "prompt_hash": ("prompt_hash",),
    "prefix_hash": ("prefix_hash", "prompt_prefix_hash"),
}  # fmt: skip
"""Dimensions under their own names."""

IMPLIED = {
    "feature": ("ai_telemetry_function_id", "gen_ai_agent_name", "agent_name"),
    "workflow": ("gen_ai_workflow_name", "traceloop_workflow_name", "trace_name"),
    "variant": (
        "gen_ai_prompt_version", "observation_prompt_version", "prompt_version", "traceloop_prompt_version",
        "llm_prompt_template_version", "prompt_template_version",
    ),
    "user": ("user_api_key_user_id",),
}  # fmt: skip
"""Names that only suggest a dimension: taken where neither the spans nor the resource name it."""

LABELS = {
    "agent": ("gen_ai_agent_name", "agent_name"),
    "service": ("service_name",),
    "service_namespace": ("service_namespace",),
}
"""Free dimensions of an operation that are kept besides."""

CONTAINERS = (
    "ai.telemetry.metadata.", "traceloop.association.properties.", "langfuse.trace.metadata.",
    "langfuse.observation.metadata.", "langfuse.metadata.", "langsmith.metadata.", "litellm.metadata.",
    "metadata.",
)  # fmt: skip
"""What people's own names are put behind; a short value there that no row takes is a free dimension."""

PREFIXES = ("langfuse.trace.", "langfuse.", "baggage.", "apportion.", "app.")
"""What known names may stand behind."""

OBJECTS = (
    "metadata", "langfuse.trace.metadata", "langfuse.observation.metadata", "llm.metadata",
    "langfuse.metadata",
    "ai.telemetry.metadata", "metadata.requester_metadata", "litellm.team.metadata",
    "metadata.user_api_key_metadata",
    "gen_ai.request.metadata",
)  # fmt: skip
"""Attributes that hold people's own names and values in JSON."""

NEVER = {"thread.id", "user.roles", "session.previous_id"}
"""Attributes that only look like a dimension: `thread.id` is one of the operating system."""

TALK = {
    "prompt", "prompts", "input", "output", "question", "answer", "query", "completion", "response",
    "message",
    "messages", "text", "content", "body", "summary", "title", "name", "email", "usage_object",
}  # fmt: skip
"""Words in names of free dimensions whose values may be what someone said: not kept."""
