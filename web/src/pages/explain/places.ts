/** Places in the tree: "0.2" is the third part of the first part. */

/** A branch that closes takes what is open below it along. */
export function withToggled(open: string[], place: string): string[] {
  return open.includes(place) ? open.filter((one) => one !== place && !one.startsWith(`${place}.`)) : [...open, place];
}
