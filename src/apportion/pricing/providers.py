"""Who is meant by a provider's name: the many spellings of traces and clients, and whose prices hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apportion.pricing import patterns

SPELLINGS = {
    "aws": "aws.bedrock aws_bedrock bedrock bedrock_converse amazon-bedrock amazon.bedrock amazon_bedrock",
    "azure": "azure.ai.openai azure.ai.inference az.ai.openai az.ai.inference azure-openai azure_openai "
    "azure_ai",
    "google": "gcp gcp.vertex_ai gcp.gemini gcp.gen_ai vertex_ai vertexai google-vertex google_genai gemini",
    "x-ai": "x_ai xai",
    "mistral": "mistral_ai mistralai",
    "moonshotai": "moonshot_ai moonshot",
    "together": "together_ai together-ai togetherai",
    "fireworks": "fireworks_ai fireworks-ai",
    "perplexity": "perplexity_ai",
    "zai": "z.ai z_ai",
}
"""By the price list's id: what OpenTelemetry's conventions, SDKs and gateways call it."""
GATEWAYS = frozenset({"", "litellm", "litellm_proxy"})
"""Names that say nothing of who answered; the model's name may begin with it, as in openai/gpt-4o."""
TOLD_BY_MODEL = frozenset({"openai", "anthropic", "google", "x-ai", "voyageai"})
"""Providers whose models are theirs alone. Of an open model the name does not say who ran it."""
OPEN_MODELS = "gpt-oss*"
_SPELLED = {spelling: name for name, spellings in SPELLINGS.items() for spelling in spellings.split()}


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of the price list. `called` and `models` are patterns of names that mean it, '' for none.

    `also` names the providers whose models it offers at their prices.
    """

    id: str
    called: str = ""
    models: str = ""
    also: tuple[str, ...] = ()


class Providers:
    """Finds the provider that a name means. `own` are those of rates of one's own; gateways say them, too."""

    def __init__(
        self, known: Sequence[Provider], others: Iterable[str] = (), own: Iterable[str] = ()
    ) -> None:
        self.by_id = {provider.id: provider for provider in known}
        self._ids = {*self.by_id, *others}
        self._told = {*self._ids, *own}
        self._called = [(p.id, patterns.matcher(p.called)) for p in known if p.called]
        self._models = [
            (p.id, patterns.matcher(p.models)) for p in known if p.models and p.id in TOLD_BY_MODEL
        ]
        self._open = patterns.matcher(OPEN_MODELS)

    def id_of(self, name: str) -> str:
        """The price list's id for `name`; where it has none, the name itself in small letters."""
        name = name.strip().lower()
        if name in self._ids:
            return name
        head = name.split(".", 1)[0].split("/", 1)[0]
        for spelling in (name, head):
            if spelling in _SPELLED:
                return _SPELLED[spelling]
        if head in self._ids:
            return head
        return next((found for found, means in self._called if means(name)), name)

    def place(self, provider: str, model: str) -> tuple[str, str]:
        """The provider's id and the model's name without what a gateway put before it.

        A provider that nobody named is told from the model's name where that leaves no doubt, else ''.
        """
        if provider.strip().lower() not in GATEWAYS:
            return self.id_of(provider), model
        head, slash, rest = model.partition("/")
        maker = self.id_of(head)
        alone = maker in TOLD_BY_MODEL and not self._open(rest)
        if slash and maker in self._told and (provider.strip() or alone):
            return maker, rest
        told = (found for found, means in self._models if means(model) and not self._open(model))
        return next(told, ""), model
