"""What an operation costs at resolved prices, in whole numbers."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from apportion.core.money import UNIT
from apportion.pricing.rate import COUNTED, SO_FAR, TOKENS, Rate

FINE = 10**24
"""Prices are whole numbers of 10⁻²⁴ of a currency unit, so that all digits of a price list are kept."""
_PER_UNIT = FINE // UNIT
_HALF = _PER_UNIT // 2
_HOUR = 3600
_MOST = 2**63 - 1
"""What a database keeps in a whole number: nine million dollars. Counts that cost more are not believed."""


class Priced(NamedTuple):
    """The answer for one operation: `cost` in 10⁻¹² of `currency`, `rate` the id of what it was priced with.

    `state` is 'priced', 'estimated' (at a price that is not final), 'unpriced' (no rate for the model under
    its conditions) or 'unknown' (the data lacks the counts or the model). Without a cost it is 0, rate ''.
    """

    state: str
    cost: int = 0
    currency: str = "USD"
    rate: str = ""


COSTED = ("priced", "estimated")
"""States of operations that have a cost."""
UNPRICED, UNKNOWN = Priced("unpriced"), Priced("unknown")


Get = Callable[[str], int | None]


class Prices:
    """Prices of one model, one span of input tokens and one time of day.

    Parts of a count are held as what they cost more or less than the whole, so that a part without a price of
    its own costs what the whole does.
    """

    __slots__ = (
        "audio", "by_token", "cache_audio", "cache_read", "cache_write", "cache_write_1h", "currency", "gpu",
        "image", "input", "needs_input", "needs_output", "output", "output_audio", "output_image", "rate",
        "rates", "reasoning", "request", "state", "without_input", "without_output",
    )  # fmt: skip

    def __init__(self, rates: Mapping[str, Rate], currency: str, rate: str) -> None:
        fine = {kind: fine_price(row.price, COUNTED[kind]) for kind, row in rates.items()}
        self.rates, self.currency, self.rate = rates, currency, rate
        self.state = "estimated" if any(row.derived == SO_FAR for row in rates.values()) else "priced"
        self.request, self.gpu = fine.get("request", 0), fine.get("gpu")
        self.by_token = any(kind in fine for kind in TOKENS)
        self.needs_input = any(fine.get(k) for k in TOKENS if not k.startswith("output"))
        self.needs_output = any(fine.get(k) for k in TOKENS if k.startswith("output"))
        self.without_input, self.without_output = "input" not in fine, "output" not in fine
        self._set_input(fine)
        self.output = whole = fine.get("output", 0)
        self.reasoning = fine.get("output_reasoning", whole) - whole
        self.output_audio = fine.get("output_audio", whole) - whole
        self.output_image = fine.get("output_image", whole) - whole

    def _set_input(self, fine: Mapping[str, int]) -> None:
        self.input = whole = fine.get("input", 0)
        cached, kept = fine.get("cache_read", whole), fine.get("cache_write", whole)
        audio = fine.get("input_audio", whole)
        heard = fine.get("cache_audio_read", audio if "cache_read" not in fine else cached)
        self.cache_read, self.cache_write, self.audio = cached - whole, kept - whole, audio - whole
        self.cache_write_1h = fine.get("cache_write_1h", kept) - kept
        self.cache_audio = heard - cached - audio + whole
        self.image = fine.get("input_image", whole) - whole

    def at(self, operation: Mapping[str, Any]) -> "Prices":  # noqa: ARG002  the same for all
        """These."""
        return self

    def of(self, operation: Mapping[str, Any]) -> Priced:
        """What `operation` costs, rounded once, half away from zero."""
        get = operation.get
        total = self.request * (get("requests") or 1)
        if self.by_token:
            tokens = self._tokens(get)
            if tokens is None:
                return UNKNOWN
            if (self.without_input and get("input_tokens")) or (self.without_output and get("output_tokens")):
                return UNPRICED
            total += tokens
        if self.gpu is not None:
            return self._by_the_hour(operation.get("gpu_seconds"), self.gpu, total)
        return self._priced((total + _HALF) // _PER_UNIT)

    def _priced(self, cost: int) -> Priced:
        return Priced(self.state, cost, self.currency, self.rate) if cost <= _MOST else UNKNOWN

    def _tokens(self, get: Get) -> int | None:
        """The price of all tokens; None where a count that is needed is missing, or contradicts another."""
        read, written = get("input_tokens"), get("output_tokens")
        if read is None:
            if self.needs_input:
                return None
            whole: int | None = 0
        else:
            whole = self._read(get, read)
        if written is None:
            return None if self.needs_output else whole
        thought = get("reasoning_tokens") or 0
        spoken, drawn = get("output_audio_tokens") or 0, get("output_image_tokens") or 0
        if whole is None or thought > written or spoken + drawn > written:
            return None
        if (spoken or drawn) and self._apart(thought, spoken, drawn) > written:
            return None
        return (
            whole
            + written * self.output
            + thought * self.reasoning
            + spoken * self.output_audio
            + drawn * self.output_image
        )

    def _apart(self, thought: int, spoken: int, drawn: int) -> int:
        """Output that has a price of its own: no token has two."""
        return (
            (thought if self.reasoning else 0)
            + (spoken if self.output_audio else 0)
            + (drawn if self.output_image else 0)
        )

    def _read(self, get: Get, read: int) -> int | None:
        """The price of what was read. A write to a cache is for 5 minutes unless said to be for an hour."""
        cached, hour = get("cache_read_tokens") or 0, get("cache_write_1h_tokens") or 0
        kept = get("cache_write_tokens")
        if kept is None:
            kept = hour
        if cached + kept > read or hour > kept:
            return None
        total = (
            read * self.input
            + cached * self.cache_read
            + kept * self.cache_write
            + hour * self.cache_write_1h
        )
        audio, heard = get("input_audio_tokens"), get("cache_audio_read_tokens") or 0
        image = get("input_image_tokens") or 0
        if not (audio or heard or image):
            return total
        audio = heard if audio is None else audio
        if heard > cached or heard > audio or audio + image > read:
            return None
        more = self._audio_and_images(read - cached - kept, audio, heard, image)
        return None if more is None else total + more

    def _audio_and_images(self, uncached: int, audio: int, heard: int, image: int) -> int | None:
        """What audio and images add to the price of text; None where less than they were read uncached.

        How much of them came from a cache matters only where they have a price of their own. Cached audio has
        a count (`heard`); of images, and of audio without that count, nothing is taken to be cached.
        """
        apart = (audio - heard if self.audio else 0) + (image if self.image else 0)
        if apart > uncached:
            return None
        return audio * self.audio + heard * self.cache_audio + image * self.image

    def _by_the_hour(self, seconds: Any, price: int, total: int) -> Priced:
        if seconds is None:
            return UNKNOWN
        exact = (total + Fraction(str(seconds)) * price / _HOUR) / _PER_UNIT
        return self._priced((2 * exact.numerator + exact.denominator) // (2 * exact.denominator))


def fine_price(price: Decimal, unit: str) -> int:
    """A price for one `unit` of a rate as whole numbers of 10⁻²⁴ for one token, request or hour."""
    per = FINE // 10**6 if unit == "million tokens" else FINE
    exact = Fraction(price) * per
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
