"""The part of `alerts` that says what may be done, to what, and how much of it at once."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from apportion.core.settings import Name, Part

Patterns = str | list[str]


def _explicit(allowed: list[str]) -> list[str]:
    for pattern in allowed:
        if not pattern.replace("*", "").strip(":-_/ "):
            raise ValueError(f"'{pattern}' allows anything; name what may be touched")
    return allowed


def _tagged(tags: dict[str, str]) -> dict[str, str]:
    _explicit(list(tags.values()))
    return tags


Allowed = Annotated[list[str], Field(min_length=1), AfterValidator(_explicit)]


class Action(Part):
    """What every action has. Without `armed`, it only says what it would do.

    With `when`, an alert that fits runs it, once; without, people run it alone.
    """

    armed: bool = False
    when: dict[str, Patterns] = Field(default_factory=dict)
    at_most: int = Field(default=1, ge=1, le=100)


class WebhookAction(Action):
    """Posts the signed document to a webhook channel, which nobody else need be told by."""

    kind: Literal["webhook"]
    channel: Name


class AwsAction(Action):
    """Where an AWS account is reached; credentials come from where AWS's own tools take them."""

    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    profile: str = ""


class FunctionAction(AwsAction):
    """Sets the concurrency of Lambda functions to zero, so that they run no more."""

    kind: Literal["stop_function"]
    functions: Allowed


class InstanceAction(AwsAction):
    """Stops running EC2 instances that have all of these tags."""

    kind: Literal["stop_instances"]
    tags: Annotated[dict[str, str], Field(min_length=1), AfterValidator(_tagged)]


class DenyAction(Action):
    """Takes what is left of enforced budgets until their periods end, so that nothing more is admitted."""

    kind: Literal["deny_budget"]
    budgets: Allowed


AnyAction = Annotated[
    WebhookAction | FunctionAction | InstanceAction | DenyAction, Field(discriminator="kind")
]
Actions = dict[Name, AnyAction]
"""What may be done, by name."""
