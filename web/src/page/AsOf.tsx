/** When figures that are not of now were so. */

import { instantText } from "../format/dates.ts";

export function AsOf({ at }: { at: string | null | undefined }) {
  return at ? <p className="meta below"><span title="The newest data ends there, or it was asked for">as of {instantText(at)}</span></p> : null;
}
