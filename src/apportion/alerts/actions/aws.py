"""Actions on AWS: functions that run no more, instances that stand still."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from apportion.alerts.actions.contract import State, Target
from apportion.alerts.actions.settings import AwsAction, FunctionAction, InstanceAction
from apportion.allocation.patterns import fits
from apportion.connectors.stores.clouds import aws_session
from apportion.connectors.stores.errors import needed
from apportion.core.errors import Terminal, Transient

LIMIT = "reserved_concurrency"
PASSING = frozenset({"ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})
RUNNING, STOPPED = "running", "stopped"


def _client(action: AwsAction, service: str) -> Any:
    access = {"region": action.region} | ({"profile": action.profile} if action.profile else {})
    settings = needed("botocore.config", "aws").Config(
        connect_timeout=10, read_timeout=30, retries={"max_attempts": 2}
    )
    return aws_session(access, "alerts.actions").client(service, config=settings)


@contextmanager
def _said(doing: str) -> Iterator[None]:
    """AWS's refusals as errors a person can act on, with nothing of the request in them."""
    errors = needed("botocore.exceptions", "aws")
    try:
        yield
    except errors.ClientError as why:
        code = str(why.response.get("Error", {}).get("Code", ""))
        kind = Transient if code in PASSING else Terminal
        raise kind(f"AWS refused {doing}: {code}.", hint="Check the permissions of the role.") from None
    except errors.BotoCoreError as why:
        raise Transient(f"AWS did not answer {doing}: {type(why).__name__}.") from None


class Functions:
    """Lambda functions that an action may stop."""

    def __init__(self, action: FunctionAction, client: Callable[[], Any] | None = None) -> None:
        self._allowed = action.functions
        self._client = client() if client else _client(action, "lambda")

    def targets(self) -> Sequence[Target]:
        with _said("to list functions"):
            pages = self._client.get_paginator("list_functions").paginate()
            arns = [(f["FunctionArn"], f["FunctionName"]) for page in pages for f in page["Functions"]]
        return [found for arn, name in arns if self._is_allowed(arn, name) and (found := self.look(arn))]

    def look(self, name: str) -> Target | None:
        label = name.rpartition(":")[2]
        if not self._is_allowed(name, label):
            return None
        missing = self._client.exceptions.ResourceNotFoundException
        with _said(f"to look at {label}"):
            try:
                found = self._client.get_function_concurrency(FunctionName=name)
            except missing:
                return None
        return Target(name, label, {LIMIT: found.get("ReservedConcurrentExecutions")})

    def is_done(self, state: State) -> bool:
        return state.get(LIMIT) == 0

    def do(self, target: Target) -> str:
        with _said(f"to stop {target.label}"):
            self._client.put_function_concurrency(FunctionName=target.name, ReservedConcurrentExecutions=0)
        return "Its reserved concurrency is 0: it runs no more."

    def undo(self, target: Target, before: State) -> str:
        limit = before.get(LIMIT)
        with _said(f"to start {target.label} again"):
            if limit is None:
                self._client.delete_function_concurrency(FunctionName=target.name)
                return "It has no reserved concurrency, as before."
            self._client.put_function_concurrency(
                FunctionName=target.name, ReservedConcurrentExecutions=limit
            )
        return f"Its reserved concurrency is {limit}, as before."

    def _is_allowed(self, arn: str, name: str) -> bool:
        return fits(arn, self._allowed) or fits(name, self._allowed)


class Instances:
    """EC2 instances that an action may stop."""

    def __init__(self, action: InstanceAction, client: Callable[[], Any] | None = None) -> None:
        self._tags = action.tags
        self._client = client() if client else _client(action, "ec2")

    def targets(self) -> Sequence[Target]:
        return [target for target in self._found() if target.state["state"] == RUNNING]

    def look(self, name: str) -> Target | None:
        return next(iter(self._found([name])), None)

    def is_done(self, state: State) -> bool:
        return state.get("state") != RUNNING

    def do(self, target: Target) -> str:
        with _said(f"to stop {target.label}"):
            self._client.stop_instances(InstanceIds=[target.name])
        return "It is stopping."

    def undo(self, target: Target, before: State) -> str:
        if before.get("state") != RUNNING:
            return "It did not run before."
        with _said(f"to start {target.label} again"):
            self._client.start_instances(InstanceIds=[target.name])
        return "It is starting."

    def _found(self, ids: Sequence[str] = ()) -> list[Target]:
        """Instances with all of the tags; a tag's value may have wildcards, its key not."""
        filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in self._tags.items()]
        if ids:
            filters.append({"Name": "instance-id", "Values": list(ids)})
        with _said("to list instances"):
            pages = self._client.get_paginator("describe_instances").paginate(Filters=filters)
            found = [i for page in pages for r in page["Reservations"] for i in r["Instances"]]
        return [Target(i["InstanceId"], _label(i), {"state": i["State"]["Name"]}) for i in found]


def _label(instance: dict[str, Any]) -> str:
    tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", ())}
    name = tags.get("Name")
    return f"{name} ({instance['InstanceId']})" if name else str(instance["InstanceId"])
