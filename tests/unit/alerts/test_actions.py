"""Actions against a server that answers as AWS does: dry first, listed, audited, and undone."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from pydantic import TypeAdapter, ValidationError

from apportion.alerts.actions.aws import Functions, Instances
from apportion.alerts.actions.following import follow
from apportion.alerts.actions.running import ActionRun, Asked, doer_of, log, run, undo
from apportion.alerts.actions.settings import AnyAction
from apportion.alerts.watching import acknowledge, watch
from apportion.core.errors import NotFound, OverLimit, Refused, Terminal
from apportion.database import State
from servers.buckets import AWS_ENVIRONMENT
from unit.alerts.watched import LOG, later, settings, signal

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as archive:
    archive.writestr("main.py", "def main(event, context): pass")


class Cloud:
    """An account of AWS with functions and instances."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.functions, self.instances = self.client("lambda"), self.client("ec2")
        document = '{"Version": "2012-10-17", "Statement": []}'
        role = self.client("iam").create_role(RoleName="runs", AssumeRolePolicyDocument=document)
        self._role = role["Role"]["Arn"]

    def client(self, service: str) -> Any:
        keys = {
            "aws_access_key_id": AWS_ENVIRONMENT["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": AWS_ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
        }
        return boto3.client(service, region_name="us-east-1", endpoint_url=self._address, **keys)

    def function(self, name: str, limit: int | None = None) -> None:
        code = {"ZipFile": ZIP.getvalue()}
        self.functions.create_function(
            FunctionName=name, Runtime="python3.11", Role=self._role, Handler="main.main", Code=code
        )
        if limit is not None:
            self.limit(name, limit)

    def limit(self, name: str, limit: int) -> None:
        self.functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=limit)

    def limit_of(self, name: str) -> int | None:
        found = self.functions.get_function_concurrency(FunctionName=name)
        limit: int | None = found.get("ReservedConcurrentExecutions")
        return limit

    def instance(self, **tags: str) -> str:
        image = self.instances.describe_images()["Images"][0]["ImageId"]
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        made = self.instances.run_instances(
            ImageId=image,
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[{"ResourceType": "instance", "Tags": listed}],
        )
        name: str = made["Instances"][0]["InstanceId"]
        return name

    def state_of(self, name: str) -> str:
        found = self.instances.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"][0]
        state: str = found["State"]["Name"]
        return state


@pytest.fixture
def cloud(moto_server: str, no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """An empty account, and credentials for it in the environment."""
    for name, value in {**AWS_ENVIRONMENT, "AWS_ENDPOINT_URL": moto_server}.items():
        monkeypatch.setenv(name, value)
    import urllib.request

    urllib.request.urlopen(urllib.request.Request(f"{moto_server}/moto-api/reset", method="POST"))
    return Cloud(moto_server)


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State.file(tmp_path / "state.db")
    made.migrate()
    return made


def action(**given: Any) -> AnyAction:
    """An armed action, as apportion.yaml would have it."""
    made: AnyAction = TypeAdapter(AnyAction).validate_python({"armed": True, "region": "us-east-1", **given})
    return made


def stops(*functions: str, **more: Any) -> AnyAction:
    return action(kind="stop_function", functions=list(functions), **more)


def ran(state: State, given: AnyAction, **asked: Any) -> list[ActionRun]:
    wanted = Asked("stop", "ana", **{"reason": "It runs away.", "armed": True, **asked})
    return run(state, given, doer_of(given), wanted, lambda: NOW)


def undone(state: State, given: AnyAction, action_id: str) -> ActionRun:
    return undo(state, action_id, lambda _: doer_of(given), "ana", lambda: NOW)


@pytest.mark.parametrize("before", [None, 25], ids=["no limit before", "a limit before"])
def test_a_function_is_stopped_and_put_back_as_it_was(cloud: Cloud, state: State, before: int | None) -> None:
    cloud.function("exports-render", before)
    [done] = ran(state, stops("exports-*"))
    assert (done.outcome, cloud.limit_of("exports-render")) == ("done", 0)
    assert done.before == {"reserved_concurrency": before}
    back = undone(state, stops("exports-*"), done.action_id[:6])
    assert (cloud.limit_of("exports-render"), back.undone_by) == (before, "ana")
    with pytest.raises(Refused, match="undone already"):
        undone(state, stops("exports-*"), done.action_id)


def test_a_dry_run_changes_nothing_and_is_in_the_log(cloud: Cloud, state: State) -> None:
    cloud.function("exports-render")
    [planned] = ran(state, stops("exports-render", armed=False), armed=False)
    assert (planned.outcome, planned.said) == (
        "dry run",
        "Would be changed: exports-render has reserved concurrency none.",
    )
    assert cloud.limit_of("exports-render") is None
    assert log(state) == [planned]
    with pytest.raises(Refused, match="nothing to undo: dry run"):
        undone(state, stops("exports-render"), planned.action_id)


def test_what_is_not_armed_in_the_file_is_refused_and_so_is_no_reason(cloud: Cloud, state: State) -> None:
    cloud.function("exports-render")
    with pytest.raises(Refused, match="is not armed"):
        ran(state, stops("exports-render", armed=False))
    with pytest.raises(Refused, match="without a reason"):
        ran(state, stops("exports-render"), reason=" ")
    assert cloud.limit_of("exports-render") is None


def test_only_what_is_listed_is_touched(cloud: Cloud, state: State) -> None:
    for name in ("exports-render", "billing-run"):
        cloud.function(name)
    ran(state, stops("arn:aws:lambda:us-east-1:*:function:exports-render"))
    assert cloud.limit_of("billing-run") is None
    with pytest.raises(NotFound, match="does not cover 'billing-run'"):
        ran(state, stops("exports-*"), only="billing-run")


def test_more_than_it_may_touch_at_once_is_left_alone(cloud: Cloud, state: State) -> None:
    for name in ("exports-a", "exports-b"):
        cloud.function(name)
    with pytest.raises(OverLimit, match="covers 2 things, and may touch 1: exports-a, exports-b"):
        ran(state, stops("exports-*"))
    assert [cloud.limit_of(name) for name in ("exports-a", "exports-b")] == [None, None]
    assert len(ran(state, stops("exports-*"), only="exports-b")) == 1
    assert len(ran(state, stops("exports-*", at_most=2))) == 2


def test_what_stands_still_already_is_said_so(cloud: Cloud, state: State) -> None:
    cloud.function("exports-render", 0)
    assert [r.outcome for r in ran(state, stops("exports-render"))] == ["nothing to do"]


def test_what_others_changed_since_is_not_put_back(cloud: Cloud, state: State) -> None:
    cloud.function("exports-render")
    [done] = ran(state, stops("exports-render"))
    cloud.limit("exports-render", 5)
    with pytest.raises(Refused, match="exports-render was changed since: .* reserved concurrency 5"):
        undone(state, stops("exports-render"), done.action_id)
    assert cloud.limit_of("exports-render") == 5


def test_the_state_is_looked_at_again_just_before_acting(cloud: Cloud, state: State) -> None:
    cloud.function("exports-render")
    given = stops("exports-render")

    class Late(Functions):
        def targets(self) -> Any:
            found = super().targets()
            cloud.limit("exports-render", 7)  # somebody was quicker
            return found

    [done] = run(state, given, Late(given), Asked("stop", "ana", "why", armed=True), lambda: NOW)
    assert done.before == {"reserved_concurrency": 7}


def test_staging_instances_are_stopped_and_started_again(cloud: Cloud, state: State) -> None:
    staging, production = cloud.instance(environment="staging"), cloud.instance(environment="production")
    given = action(kind="stop_instances", tags={"environment": "stag*"})
    [done] = ran(state, given)
    assert (done.target, done.outcome, done.before) == (staging, "done", {"state": "running"})
    assert (cloud.state_of(staging), cloud.state_of(production)) == ("stopped", "running")
    undone(state, given, done.action_id)
    assert cloud.state_of(staging) == "running"


def test_an_instance_that_lost_its_tag_is_not_touched(cloud: Cloud, state: State) -> None:
    name = cloud.instance(environment="staging")
    given = action(kind="stop_instances", tags={"environment": "staging"})

    class Late(Instances):
        def targets(self) -> Any:
            found = super().targets()
            cloud.instances.create_tags(
                Resources=[name], Tags=[{"Key": "environment", "Value": "production"}]
            )
            return found

    [done] = run(state, given, Late(given), Asked("stop", "ana", "why", armed=True), lambda: NOW)
    assert (done.outcome, cloud.state_of(name)) == ("nothing to do", "running")


def test_what_aws_refuses_is_in_the_log_without_its_words(
    cloud: Cloud, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.function("exports-render")

    def refused(*_: Any, **__: Any) -> None:
        raise Terminal("AWS refused to stop exports-render: AccessDeniedException.")

    monkeypatch.setattr(Functions, "do", refused)
    [done] = ran(state, stops("exports-render"))
    assert (done.outcome, done.said) == (
        "failed",
        "AWS refused to stop exports-render: AccessDeniedException.",
    )
    assert log(state)[0].outcome == "failed"


@pytest.mark.parametrize("allowed", [{"functions": ["*"]}, {"functions": []}, {"functions": ["**"]}], ids=str)
def test_a_list_that_allows_anything_is_a_mistake(allowed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        action(kind="stop_function", **allowed)


Follow = Callable[[dict[str, Any]], list[ActionRun]]
RUNAWAY = signal("incident=8f2c", "critical", dimensions={"service": "exports"})


def follows(state: State, **given: Any) -> list[ActionRun]:
    one = {"kind": "stop_function", "region": "us-east-1", "functions": ["exports-*"], **given}
    wanted = {"when": {"severity": "critical", "service": "exports"}, **one}
    return follow(state, settings(actions={"stop": wanted}), lambda: NOW)


def test_an_alert_runs_an_action_once(cloud: Cloud, state: State) -> None:
    cloud.function("exports-render")
    watch(state, settings(), {"losing": [RUNAWAY, signal("b", dimensions={"service": "exports"})]}, later())
    [done] = follows(state, armed=True)
    assert (done.who, done.reason, cloud.limit_of("exports-render")) == (
        "rule losing",
        "incident=8f2c loses",
        0,
    )
    cloud.limit("exports-render", 9)  # a person let it run again
    assert follows(state, armed=True) == []
    assert cloud.limit_of("exports-render") == 9


def test_without_being_armed_an_alert_only_says_what_it_would_do(cloud: Cloud, state: State) -> None:
    cloud.function("exports-render")
    watch(state, settings(), {"losing": [RUNAWAY]}, later())
    assert [r.outcome for r in follows(state)] == ["dry run"]
    assert follows(state, armed=True) == [], "arming it later is about alerts to come"
    assert cloud.limit_of("exports-render") is None


def test_what_somebody_has_or_does_not_fit_runs_nothing(cloud: Cloud, state: State) -> None:
    cloud.function("exports-render")
    [alert] = watch(state, settings(), {"losing": [RUNAWAY]}, later()).opened
    assert follows(state, armed=True, when={"service": "search"}) == []
    acknowledge(state, alert.alert_id, "ana", later(1))
    assert follows(state, armed=True) == []


def test_an_action_that_covers_too_much_fails_in_plain_sight_and_once(cloud: Cloud, state: State) -> None:
    for name in ("exports-a", "exports-b"):
        cloud.function(name)
    watch(state, settings(), {"losing": [RUNAWAY]}, later())
    [failed] = follows(state, armed=True)
    assert failed.outcome == "failed"
    assert "covers 2 things, and may touch 1" in failed.said
    assert follows(state, armed=True) == []


def test_a_webhook_action_is_a_message_for_its_channel_alone(state: State) -> None:
    given = settings(
        channels={"finops": LOG, "hook": LOG},
        otherwise=[],
        actions={"ticket": {"kind": "webhook", "channel": "hook", "armed": True, "when": {"rule": "losing"}}},
    )
    [message] = watch(state, given, {"losing": [RUNAWAY]}, later()).messages
    assert message.channel == "finops"
    [done] = follow(state, given, lambda: NOW)
    assert (done.target, done.outcome) == ("hook", "done")
    assert follow(state, given, lambda: NOW) == []
