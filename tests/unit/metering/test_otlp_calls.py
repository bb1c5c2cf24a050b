"""Which spans are one call: seen twice, repeated by a parent, tried again, told in a log."""

from otlp_spans import CLIENT, ERROR, S, chat, only, operations, tokens, without_usage

WHOLE = {"input_tokens": 1000, "output_tokens": 200}
SDK = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "anthropic",
    "gen_ai.request.model": "claude-sonnet-4-5",
    "gen_ai.response.id": "msg_1",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 200,
    "gen_ai.usage.cache_read.input_tokens": 600,
    "gen_ai.usage.cache_write.input_tokens": 100,
}


def test_two_spans_with_one_answer_are_one_call() -> None:
    assert tokens(only(chat(1, answer="a"), chat(2, answer="a", scope="other"))) == WHOLE


def test_answers_of_their_own_are_calls_of_their_own() -> None:
    assert len(operations(chat(1, answer="a"), chat(2, answer="b"))) == 2


def test_calls_one_after_the_other_are_two_without_any_id() -> None:
    assert len(operations(chat(1, start=0, end=10), chat(2, start=20, end=30, scope="other"))) == 2


def test_calls_side_by_side_by_one_instrumentation_are_two() -> None:
    assert len(operations(chat(1), chat(2))) == 2


def test_a_stream_that_traceloop_counts_201_of_has_the_providers_200() -> None:
    traceloop = chat(
        1, model="claude-sonnet-4-5", answer="msg_1", written=201,
        scope="opentelemetry.instrumentation.anthropic",
        attributes={"gen_ai.provider.name": "anthropic", "gen_ai.usage.reasoning_tokens": 20,
                    "gen_ai.usage.cache_read.input_tokens": 600, "gen_ai.usage.cache_creation.input_tokens": 100},
    )  # fmt: skip
    sdk = S(2, SDK, scope="com.anthropic.sdk.python")

    assert tokens(only(traceloop, sdk))["output_tokens"] == 200


def test_a_call_within_a_call_is_seen_twice() -> None:
    wrapper = S(1, {"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o", "llm.token_count.prompt": 1000,
                    "llm.token_count.completion": 200}, end=12, scope="openinference.langchain")  # fmt: skip
    inner = chat(2, parent=1, start=1, end=11, answer="chatcmpl-1", model="gpt-4o-2024-08-06")

    assert tokens(only(wrapper, inner)) == WHOLE


def test_frameworks_between_them_do_not_part_them() -> None:
    generation = S(
        1, {"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-4o"}
    )
    outer = S(2, {"ai.operationId": "ai.generateText", "ai.usage.inputTokens": 1000}, parent=1, scope="ai")
    inner = S(3, {"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "gpt-4o", "ai.usage.inputTokens": 1000,
                  "ai.usage.outputTokens": 200}, parent=2, scope="ai")  # fmt: skip

    assert tokens(only(generation, outer, inner)) == WHOLE


def test_a_tool_between_them_parts_them() -> None:
    outer = chat(1, end=100, answer="a")
    tool = S(2, {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}, parent=1)
    inner = chat(3, parent=2, start=1, read=50, written=5)

    assert [tokens(o)["input_tokens"] for o in operations(outer, tool, inner)] == [1000, 50]


def test_a_span_that_sums_up_several_calls_is_none() -> None:
    root = chat(1, read=1500, written=220, end=50, scope="tanstack")
    first = chat(2, parent=1, start=1, end=10, scope="tanstack")
    second = chat(3, parent=1, start=20, end=30, read=500, written=20, scope="tanstack")

    assert [tokens(o)["input_tokens"] for o in operations(root, first, second)] == [1000, 500]


def test_a_sum_that_carries_the_last_answer_is_none_either() -> None:
    root = chat(1, read=1500, written=220, end=50, answer="b")
    calls = (
        chat(2, parent=1, answer="a"),
        chat(3, parent=1, start=20, end=30, read=500, written=20, answer="b"),
    )

    assert [tokens(o)["input_tokens"] for o in operations(root, *calls)] == [1000, 500]


def test_a_retry_is_another_call() -> None:
    wrapper = chat(1, end=50, scope="wrapper")
    failed = without_usage(chat(2, parent=1, start=1, end=10, status=ERROR))
    worked = chat(3, parent=1, start=20, end=45, answer="a")

    found = operations(wrapper, failed, worked)

    assert {o.get("success"): tokens(o) for o in found} == {None: WHOLE, False: {}}


def test_agents_chains_and_tools_only_repeat_what_calls_use() -> None:
    usage = {"gen_ai.usage.input_tokens": 2000, "gen_ai.usage.output_tokens": 400}
    parents = [
        S(1, {"gen_ai.operation.name": "invoke_agent", **usage}),
        S(2, {"openinference.span.kind": "AGENT", "llm.token_count.prompt": 2000}, parent=1),
        S(3, {"openinference.span.kind": "CHAIN", "llm.token_count.prompt": 2000}, parent=2),
        S(4, {"traceloop.span.kind": "workflow", **usage}, parent=3),
        S(5, {"langsmith.span.kind": "chain", **usage}, parent=4),
        S(6, {"gen_ai.operation.name": "execute_tool", **usage}, parent=5),
        S(7, {"agent_name": "writer", **usage}, parent=5),
    ]

    assert len(operations(*parents)) == 0
    assert len(operations(*parents, chat(8, parent=5), chat(9, parent=5, start=20, end=30))) == 2


def test_an_agent_at_a_provider_is_counted_where_nobody_sees_its_calls() -> None:
    told = {"gen_ai.operation.name": "invoke_agent", "gen_ai.provider.name": "aws.bedrock",
            "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 200}  # fmt: skip
    agent = S(1, told, kind=CLIENT)

    assert only(agent)["operation"] == "invoke_agent"
    assert only(agent, chat(2, parent=1))["operation"] == "chat"


def test_usage_of_a_stream_in_a_log_beside_it() -> None:
    call = without_usage(chat(1, parent=9, end=3, scope="logfire.openai"))
    log = chat(2, parent=9, start=40, end=40, scope="logfire.openai", attributes={"logfire.span_type": "log"})

    operation = only(call, log)

    assert tokens(operation) == WHOLE
    assert operation["latency_ms"] == 40


def test_usage_of_a_stream_that_was_read_elsewhere() -> None:
    call = without_usage(chat(1, parent=9, end=3, scope="logfire.openai"))
    reading = S(8, {}, parent=9, start=5, end=50)
    log = chat(2, parent=8, start=40, end=40, scope="logfire.openai", attributes={"logfire.span_type": "log"})

    assert tokens(only(call, reading, log, S(9, {}))) == WHOLE


def test_two_streams_and_their_two_logs_are_two_calls() -> None:
    calls = [without_usage(chat(n, parent=9, start=n, end=n + 1, scope="logfire.openai")) for n in (1, 2)]
    logs = [chat(n, parent=9, start=10 + n, end=10 + n, read=n * 100, scope="logfire.openai") for n in (3, 4)]

    assert [tokens(o)["input_tokens"] for o in operations(*calls, *logs)] == [300, 400]


def test_logfires_announcement_of_a_span_is_no_span() -> None:
    pending = chat(2, parent=1, end=0, attributes={"logfire.span_type": "pending_span"})

    assert len(operations(chat(1), pending)) == 1


def test_two_instrumentations_beside_each_other_without_ids() -> None:
    langchain = S(1, {"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o", "llm.token_count.prompt": 1000,
                      "llm.token_count.completion": 200}, parent=9, end=12, scope="langchain")  # fmt: skip
    sdk = chat(2, parent=9, start=1, end=11, scope="openai", answer="a")

    assert only(langchain, sdk)["response_id"] == "a"


def test_each_call_of_one_instrumentation_takes_one_of_the_other() -> None:
    ours = [chat(n, parent=9, start=n, end=100 + n, read=n * 10, scope="ours") for n in (1, 2, 3)]
    theirs = [chat(n + 10, parent=9, start=n, end=99 + n, read=n * 10, scope="theirs") for n in (1, 2, 3)]

    assert [tokens(o)["input_tokens"] for o in operations(*ours, *theirs)] == [10, 20, 30]


def test_another_model_is_another_call() -> None:
    assert len(operations(chat(1, scope="one"), chat(2, scope="two", model="gpt-4o-mini"))) == 2


def test_other_tokens_are_another_call() -> None:
    assert len(operations(chat(1, scope="one"), chat(2, scope="two", read=17))) == 2


def test_an_id_that_litellm_invents_does_not_make_two_calls() -> None:
    litellm = chat(1, scope="litellm", end=12, answer="chatcmpl-7bb7d616-f801-4005-a859-84e5e701102e",
                   model="claude-sonnet-4-5", attributes={"gen_ai.usage.input_tokens": 0, "gen_ai.usage.output_tokens": 0,
                                                          "gen_ai.cost.total_cost": 0.0})  # fmt: skip
    sdk = S(2, SDK, parent=1, scope="com.anthropic.sdk.python")

    operation = only(litellm, sdk)

    assert (operation["response_id"], tokens(operation)["input_tokens"]) == ("msg_1", 1000)
    assert "reported_cost" not in operation


def test_litellm_writes_calls_onto_the_span_around_them() -> None:
    """It puts the last call on the application's span, and each on a raw span below that span."""
    around = chat(1, answer="b", end=900, attributes={"customer": "acme", "litellm.call_id": "7"})
    raw = [
        S(n, {"llm.openai.id": told, "llm.openai.model": "gpt-4o", "llm.openai.messages": "[{'role': 'user'}]",
              "llm.openai.usage": str({"prompt_tokens": 1000, "completion_tokens": 200})},
          parent=1, start=100 * n, end=100 * n + 50, scope="litellm")
        for n, told in ((2, "a"), (3, "b"))
    ]  # fmt: skip

    found = operations(around, *raw)

    assert [(o["response_id"], o["customer"], o["latency_ms"], tokens(o)) for o in found] == [
        ("a", "acme", 50, WHOLE),
        ("b", "acme", 50, WHOLE),
    ]


def test_embeddings_are_operations_of_their_own_kind() -> None:
    vercel = S(1, {"ai.operationId": "ai.embed", "ai.usage.tokens": 77})
    inner = S(2, {"ai.operationId": "ai.embed.doEmbed", "ai.model.id": "text-embedding-3-small", "ai.usage.tokens": 77},
              parent=1)  # fmt: skip
    openinference = S(3, {"openinference.span.kind": "EMBEDDING", "embedding.model_name": "text-embedding-3-small",
                          "llm.token_count.prompt": 12}, start=20, end=30)  # fmt: skip

    found = operations(vercel, inner, openinference)

    assert [(o["operation"], o["model"], tokens(o)) for o in found] == [
        ("embeddings", "text-embedding-3-small", {"input_tokens": 77}),
        ("embeddings", "text-embedding-3-small", {"input_tokens": 12}),
    ]


def test_an_embedding_within_a_chat_is_not_the_chat() -> None:
    search = S(2, {"gen_ai.operation.name": "embeddings", "gen_ai.request.model": "gpt-4o",
                   "gen_ai.usage.input_tokens": 5}, parent=1)  # fmt: skip

    assert [o["operation"] for o in operations(chat(1), search)] == ["chat", "embeddings"]


def test_counting_tokens_is_free() -> None:
    told = {"gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-sonnet-4-5",
            "anthropic.message.count_tokens.input_tokens": 900}  # fmt: skip

    assert operations(S(1, told, name="anthropic.messages.count_tokens")) == []


def test_a_call_of_a_server_that_traces_itself_is_the_clients_call() -> None:
    client = without_usage(chat(1, end=20, model="llama", scope="openai"))
    http = S(2, {"http.request.method": "POST"}, parent=1, end=19)
    server = S(3, {"gen_ai.response.model": "llama", "gen_ai.usage.prompt_tokens": 1000,
                   "gen_ai.usage.completion_tokens": 200}, parent=2, start=2, end=18, scope="vllm")  # fmt: skip

    assert tokens(only(client, http, server)) == WHOLE


def test_traces_are_kept_apart() -> None:
    assert len(operations(chat(1, answer="a"), chat(1, answer="a", trace=2))) == 2


def test_spans_that_are_each_others_parents_do_no_harm() -> None:
    assert len(operations(chat(1, parent=2), chat(2, parent=1, read=5), chat(3, parent=3, read=7))) >= 2


def test_spans_without_ai_are_no_operations() -> None:
    assert operations(S(1, {"http.route": "/", "customer.id": "acme", "metadata": "{}"})) == []
