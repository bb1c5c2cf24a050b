"""Providers and models by the names that instrumentations give them."""

import re
from functools import lru_cache

PROVIDERS = {
    "openai": "openai", "anthropic": "anthropic", "cohere": "cohere", "groq": "groq", "deepseek": "deepseek",
    "perplexity": "perplexity", "ollama": "ollama", "vllm": "vllm", "openrouter": "openrouter",
    "mistral": "mistral_ai", "mistralai": "mistral_ai", "mistral_ai": "mistral_ai",
    "xai": "x_ai", "x_ai": "x_ai",
    "aws": "aws.bedrock", "bedrock": "aws.bedrock", "aws_bedrock": "aws.bedrock", "amazon": "aws.bedrock",
    "amazon_bedrock": "aws.bedrock", "bedrock_converse": "aws.bedrock",
    "azure": "azure.ai.openai", "azure_openai": "azure.ai.openai", "azure_ai_openai": "azure.ai.openai",
    "az_ai_openai": "azure.ai.openai", "azureopenai": "azure.ai.openai",
    "azure_ai": "azure.ai.inference", "az_ai_inference": "azure.ai.inference",
    "azure_ai_inference": "azure.ai.inference",
    "google": "gcp.gen_ai", "gcp_gen_ai": "gcp.gen_ai", "gcp_vertex_agent": "gcp.gen_ai",
    "google_genai": "gcp.gen_ai", "google_generative_ai": "gcp.gemini", "google_gla": "gcp.gemini",
    "gemini": "gcp.gemini", "gcp_gemini": "gcp.gemini",
    "vertexai": "gcp.vertex_ai", "vertex_ai": "gcp.vertex_ai", "google_vertex": "gcp.vertex_ai",
    "google_vertex_ai": "gcp.vertex_ai", "gcp_vertex_ai": "gcp.vertex_ai",
    "watsonx": "ibm.watsonx.ai", "ibm_watsonx_ai": "ibm.watsonx.ai",
}  # fmt: skip
"""Who answers, by what is said of them (lower case, words joined by _), as OpenTelemetry names them."""

NO_PROVIDERS = {
    "unknown", "langchain", "langgraph", "llamaindex", "llama_index", "crewai", "haystack", "litellm",
    "vercel",
    "gateway", "autogen", "agno", "dspy", "pydantic_ai", "strands_agents", "spring_ai", "semantic_kernel",
    "custom",
    "other", "none", "null", "openai_agents", "google_adk", "smolagents", "mcp",
}  # fmt: skip
"""Frameworks and gateways that some instrumentations name instead: whose model it is stays unknown."""

_APARTS = re.compile(r"[^a-z0-9]+")
_DATED = re.compile(r"([-@_]?(20\d{6}|20\d\d-\d\d-\d\d|\d{4})|-latest|-preview|-v\d+(:\d+)?|:\d+)+$")
_BEDROCK = re.compile(
    r"^((us|eu|apac|ap|global|us-gov|au|jp|ca)\.)?(anthropic|amazon|meta|mistral|cohere|openai)\."
)


@lru_cache(maxsize=1024)
def provider(said: str) -> str | None:
    """The provider as OpenTelemetry names it (`openai.chat` is `openai`); one unknown stays as it is said."""
    words = [w for w in _APARTS.split(said.lower()) if w]
    for n in range(len(words), 0, -1):
        known = "_".join(words[:n])
        if known in PROVIDERS:
            return PROVIDERS[known]
        if known in NO_PROVIDERS:
            return None
    return said.lower() if words else None


@lru_cache(maxsize=4096)
def family(model: str) -> str:
    """The model without its date, vendor and region, to tell whether two names can mean one."""
    name = _BEDROCK.sub("", model.lower().rsplit("/", 1)[-1])
    return _DATED.sub("", name) or name
