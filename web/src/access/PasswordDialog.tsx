/** A new password of one's own, for the old one. */

import { useState } from "react";
import { TextField } from "../act/fields.tsx";
import { FormDialog } from "../act/FormDialog.tsx";
import { ME } from "./me.ts";

export const LEAST = 12;

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  return (
    <FormDialog title="A new password" words="You stay logged in here, and are logged out everywhere else." verb="Change it" about={ME} sent={() => ({ path: "/access/password", body: { old, new: password } })} onClose={onClose}>
      <TextField label="Password now" type="password" first complete="current-password" value={old} onChange={setOld} />
      <TextField label="New password" type="password" complete="new-password" least={LEAST} note={`At least ${LEAST} characters; a few words are easier to keep in mind than signs.`} value={password} onChange={setPassword} />
    </FormDialog>
  );
}
