/** Who can come in, with an account or with a key, and what may each do? */

import { useState } from "react";
import { Redirect } from "wouter";
import { useMay, useMe } from "../access/me.ts";
import { KEYS, type KeyList, PEOPLE, type PeopleList } from "../api/access.ts";
import { csvAddress } from "../api/client.ts";
import { useReport } from "../api/queries.ts";
import { counted } from "../format/decimal.ts";
import { PageBody } from "../page/Page.tsx";
import { Empty, PageSkeleton, Problem } from "../page/states.tsx";
import { useView } from "../state/view.ts";
import { AccessPages } from "./access/AccessPages.tsx";
import { Keys } from "./access/Keys.tsx";
import { AddPerson } from "./access/PersonForms.tsx";
import { People } from "./access/People.tsx";

const ALL = { limit: "1000" };

export default function Access() {
  const { href } = useView();
  return useMay("people") ? <Body /> : <Redirect to={href("/access/audit")} replace />;
}

function Body() {
  const me = useMe().data;
  const people = useReport<PeopleList>(PEOPLE, ALL);
  const keys = useReport<KeyList>(KEYS, ALL);
  const error = people.error ?? keys.error;
  const here = people.data && keys.data ? { people: people.data.people, keys: keys.data.keys } : null;
  return (
    <PageBody title="Keys and people" question="Who can come in, and what may each do?" above={<AccessPages at="/access" />} answer={here ? sentence(here.people.filter((one) => one.state === "active").length, here.keys.filter((one) => one.state === "active").length) : null}>
      {error ? <Problem error={error} retry={() => { void people.refetch(); void keys.refetch(); }} needsRun={false} /> : here ? (
        <>
          {me && !me.configured ? <NobodyYet /> : <People rows={here.people} csv={csvAddress(PEOPLE, ALL)} me={me} />}
          <Keys rows={here.keys} csv={csvAddress(KEYS, ALL)} />
        </>
      ) : <PageSkeleton bare />}
    </PageBody>
  );
}

function sentence(people: number, keys: number): string {
  if (people === 0) return "Nobody has an account, so only this machine can come in.";
  return `${counted(people, "person", "people")} and ${counted(keys, "key")} can come in.`;
}

function NobodyYet() {
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Empty title="Nobody has an account yet" command={"apportion access people add ana --role owner"}>
        Until there is an owner, whoever is at this machine may do everything, and the server listens to nobody else. <button type="button" className="text-button bordered" onClick={() => setAdding(true)}>Make the first account …</button>
      </Empty>
      {adding ? <AddPerson first onClose={() => setAdding(false)} /> : null}
    </>
  );
}
