/** Who is logged in, and what they can do about it. Where nobody needs an account, nothing. */

import { Popover } from "@mantine/core";
import { useState } from "react";
import type { Me } from "../api/access.ts";
import { send } from "../api/client.ts";
import { useMe } from "./me.ts";
import { PasswordDialog } from "./PasswordDialog.tsx";
import { end } from "./session.ts";
import { ROLE_WORDS } from "./words.ts";
import "./access.css";

/** "ana.ruiz@example.com" is AR, "ana" is A. */
function initials(login: string): string {
  const words = (login.split("@")[0] ?? "").split(/[\s._+-]+/).filter(Boolean);
  return words.slice(0, 2).map((word) => word[0]?.toUpperCase() ?? "").join("");
}

export function UserMenu() {
  const me = useMe().data;
  return me?.configured && me.kind === "person" ? <Menu me={me} /> : null;
}

function Menu({ me }: { me: Me }) {
  const [open, setOpen] = useState(false);
  const [changing, setChanging] = useState(false);
  const leave = () => {
    // Whatever the server says, nobody is logged in here any more.
    void send("/access/logout").catch(() => undefined).then(end);
  };
  return (
    <>
      <Popover opened={open} onChange={setOpen} position="bottom-end" width={248} trapFocus returnFocus shadow="md" transitionProps={{ duration: 0 }}>
        <Popover.Target>
          <button type="button" className="me" onClick={() => setOpen(!open)} aria-label={`You are ${me.name}`} data-testid="me"><span aria-hidden="true">{initials(me.name)}</span></button>
        </Popover.Target>
        <Popover.Dropdown className="me-menu" aria-label="You">
          <p className="me-who"><b>{me.name}</b><span className="sub">{me.role ? ROLE_WORDS[me.role].name : me.kind}{me.tenant ? `: ${me.tenant.name}` : ""}</span></p>
          <button type="button" className="text-button" onClick={() => { setOpen(false); setChanging(true); }}>Change password …</button>
          <button type="button" className="text-button" onClick={leave}>Log out</button>
        </Popover.Dropdown>
      </Popover>
      {changing ? <PasswordDialog onClose={() => setChanging(false)} /> : null}
    </>
  );
}
