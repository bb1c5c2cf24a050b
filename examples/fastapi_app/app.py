"""A small service that asks a model: summaries, streamed answers, ratings. Marked lines were added."""

from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from openai import AsyncOpenAI
from pydantic import BaseModel

import apportion_sdk  # metered

MODEL = "gpt-4o-mini"

app = FastAPI(title="Summaries")
model = AsyncOpenAI()

apportion_sdk.configure(environment="production")  # metered
apportion_sdk.wrap(model)  # metered
who = {"customer": "X-Customer", "plan": "X-Plan", "feature": lambda scope: scope["route"].name}  # metered
app.add_middleware(apportion_sdk.ApportionMiddleware, **who)  # metered


class Text(BaseModel):
    text: str


class Rating(BaseModel):
    id: str
    stars: int


@app.post("/summaries", name="summaries")
async def summarize(given: Text) -> dict[str, str | None]:
    asked = [{"role": "user", "content": f"Summarize in one sentence: {given.text}"}]
    answer = await model.chat.completions.create(model=MODEL, messages=asked, max_completion_tokens=200)
    return {
        "summary": answer.choices[0].message.content,
        "id": apportion_sdk.last_operation_id(),  # metered
    }


@app.post("/answers", name="answers")
async def answer(given: Text) -> StreamingResponse:
    asked = [{"role": "user", "content": given.text}]
    chunks = await model.chat.completions.create(model=MODEL, messages=asked, stream=True)

    async def words() -> AsyncIterator[str]:
        async for chunk in chunks:
            yield chunk.choices[0].delta.content or ""

    return StreamingResponse(words(), media_type="text/plain")


@app.post("/ratings", name="ratings")
async def rate(rating: Rating) -> dict[str, bool]:
    good = rating.stars >= 4
    apportion_sdk.outcome(rating.id, success=good, value=rating.stars / 5, units=1, unit="summary")  # metered
    return {"good": good}
