/** A difference that should be 0: said aloud where it is, loud where it is not. */

import { exactText, isZero } from "../format/decimal.ts";

export function Balance({ difference }: { difference: string }) {
  return isZero(difference) ? <span className="num whole">0 ✓</span> : <span className="num amount loss">{exactText(difference)}</span>;
}
