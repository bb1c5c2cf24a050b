"""Asks the Cost Explorer API, page by page; AWS charges 0.01 USD for each request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from apportion.connectors.stores import Changed, Patience
from apportion.connectors.stores.clouds import AWS, aws_session
from apportion.connectors.stores.errors import needed
from apportion.core.errors import ApportionError, BadInput, Terminal, Transient

GROSS = ("UnblendedCost", "AmortizedCost")
NET = ("NetUnblendedCost", "NetAmortizedCost")
QUANTITY = "UsageQuantity"

_PASSING = {
    "BillExpirationException",
    "LimitExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TooManyRequestsException",
}
_PAGES_GONE = {"InvalidNextTokenException", "RequestChangedException"}
_NOT_SIGNED_IN = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_NEED = "Allow the action ce:GetCostAndUsage to whom we sign in as."


@dataclass(frozen=True)
class Amounts:
    """What one group costs in one span: amounts by metric, their currency, and the unit of the quantity."""

    day: date
    estimated: bool
    keys: Sequence[str]
    names: Mapping[str, str]
    metrics: Mapping[str, Decimal]
    currency: str
    unit: str


@dataclass(frozen=True)
class Question:
    """What is asked for: days from `start` up to but not including `end`, in groups, of one kind of line."""

    start: date
    end: date
    granularity: str
    groups: Sequence[tuple[str, str]]
    kind: str = ""

    def words(self) -> dict[str, Any]:
        """As the API wants it."""
        asked: dict[str, Any] = {
            "TimePeriod": {"Start": f"{self.start}", "End": f"{self.end}"},
            "Granularity": self.granularity,
            "Metrics": [*GROSS, *NET, QUANTITY],
            "GroupBy": [{"Type": kind, "Key": key} for kind, key in self.groups],
        }
        if self.kind:
            asked["Filter"] = {"Dimensions": {"Key": "RECORD_TYPE", "Values": [self.kind]}}
        return asked


class CostExplorer:
    """The API as one account sees it; `place` is what errors call it."""

    def __init__(self, access: Mapping[str, str], place: str, patience: Patience) -> None:
        self._session, self._access = aws_session(access, place), access
        self._place, self._patience = place, patience
        chinese = str(self._session.region_name or "").startswith("cn-")
        self._client = self._made("ce", "cn-northwest-1" if chinese else "us-east-1")

    def ask(self, question: Question) -> Iterator[Amounts]:
        """The answer, all pages of it, each page tried again where it failed for a passing reason."""
        words = question.words()
        while True:
            page = self._call(self._client.get_cost_and_usage, **words)
            yield from _amounts(page)
            if not page.get("NextPageToken"):
                return
            words["NextPageToken"] = page["NextPageToken"]

    def account(self) -> str:
        """The account that asks; named in `access`, or asked of AWS, which needs no permission."""
        if named := self._access.get("account"):
            return named
        client = self._made("sts", self._client.meta.region_name)
        return str(self._call(client.get_caller_identity)["Account"])

    def _made(self, service: str, region: str) -> Any:
        config = needed("botocore.config", "aws").Config(
            retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60
        )
        endpoint = self._access.get("endpoint")
        return self._session.client(service, region_name=region, endpoint_url=endpoint, config=config)

    def _call(self, method: Any, **words: Any) -> Mapping[str, Any]:
        errors = needed("botocore.exceptions", "aws")

        def attempt() -> Mapping[str, Any]:
            try:
                answer: Mapping[str, Any] = method(**words)
            except errors.ClientError as why:
                raise _explained(why.response, self._place) from None
            except (errors.HTTPClientError, errors.ConnectionError):
                hint = "Check the network, and access.endpoint if it is set."
                raise Transient("AWS cannot be reached.", where=self._place, hint=hint) from None
            except errors.BotoCoreError as why:
                said = f"AWS gives us no credentials ({type(why).__name__})."
                raise Terminal(said, where=self._place, hint=AWS.sign_in) from None
            return answer

        return self._patience.call(attempt)


def _amounts(page: Mapping[str, Any]) -> Iterator[Amounts]:
    names = {
        value["Value"]: value["Attributes"]["description"]
        for value in page.get("DimensionValueAttributes", [])
        if value.get("Attributes", {}).get("description")
    }
    for span in page["ResultsByTime"]:
        for group in span.get("Groups", []):
            metrics = group["Metrics"]
            yield Amounts(
                day=date.fromisoformat(span["TimePeriod"]["Start"][:10]),
                estimated=bool(span.get("Estimated")),
                keys=group["Keys"],
                names=names,
                metrics={name: Decimal(found["Amount"]) for name, found in metrics.items()},
                currency=metrics[GROSS[0]]["Unit"],
                unit=metrics.get(QUANTITY, {}).get("Unit", ""),
            )


def _explained(response: Mapping[str, Any], place: str) -> ApportionError:
    error = response.get("Error", {})
    code, status = error.get("Code", ""), response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _PAGES_GONE:
        return Changed("The costs changed while they were being read.", where=place)
    if code in _PASSING or status == 429 or status >= 500:
        return Transient(f"Cost Explorer answered {code or status}.", where=place, hint="Run it again later.")
    if code == "ValidationException":
        said = f"Cost Explorer refuses the question: {error.get('Message', '')[:200]}"
        return BadInput(said, where=place, hint="Check 'months' and 'by': AWS keeps 14 months of days.")
    said, hint = _refusal(code or str(status), error.get("Message", ""))
    return Terminal(said, where=place, hint=hint)


def _refusal(code: str, message: str) -> tuple[str, str]:
    """What is said of an answer that will not change, and the next step."""
    if code in _NOT_SIGNED_IN:
        return f"AWS got no credentials that it accepts ({code}).", AWS.sign_in
    if code == "DataUnavailableException":
        return (
            "Cost Explorer has no data yet.",
            "After it is switched on, AWS needs a day to prepare the data.",
        )
    if code.startswith("AccessDenied") and "not enabled" in message:
        hint = "Open Cost Explorer once in the console of the management account."
        return "Cost Explorer is not switched on.", hint
    if code.startswith("AccessDenied"):
        return f"AWS does not allow us to ask ({code}).", _NEED
    return f"Cost Explorer answered {code}.", _NEED
