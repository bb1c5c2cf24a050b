/** No operation yet: the three ways in. */

import { Command, Empty } from "../../page/states.tsx";

export function NoOperations() {
  const server = location.origin;
  const one = '{"id": "first", "feature": "summaries",\n  "provider": "openai", "model": "gpt-4o-mini",\n  "input_tokens": 1000, "output_tokens": 200}';
  return (
    <>
      <Empty title="No AI operation has come in yet" command="apportion demo">
        An operation is one call of a model: for whom, what for, how many tokens. It is priced as it arrives. There are three ways in; the demo company shows where they lead.
      </Empty>
      <div className="ways">
        <section>
          <h2>From a Python application</h2>
          <Command>{`pip install ./sdk/python\n\nimport apportion_sdk\napportion_sdk.configure("${server}")\napportion_sdk.track(feature="summaries",\n    provider="openai", model="gpt-4o-mini",\n    input_tokens=1000, output_tokens=200)`}</Command>
        </section>
        <section>
          <h2>From OpenTelemetry</h2>
          <Command>{`export OTEL_EXPORTER_OTLP_ENDPOINT=${server}\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`}</Command>
        </section>
        <section>
          <h2>From anything that speaks HTTP</h2>
          <Command>{`curl ${server}/api/v1/operations \\\n  -H 'Content-Type: application/json' \\\n  -d '${one}'`}</Command>
        </section>
      </div>
    </>
  );
}
