/** What a customer sees instead of figures: the link has ended, or the server does not answer. */

import { ApiError } from "../api/client.ts";

export function hasEnded(error: Error): boolean {
  return error instanceof ApiError && (error.problem.status === 401 || error.problem.status === 403);
}

/** Whoever embeds the page gives a new token each time it is opened. */
export function Ended() {
  return (
    <div className="page" role="alert">
      <h1 className="own-said">This link has ended</h1>
      <p className="quiet">Links to this page hold for a few minutes. Load the page that you came from again, or ask for a new link.</p>
    </div>
  );
}

export function isUnknown(error: Error): boolean {
  return error instanceof ApiError && error.problem.status === 404;
}

/** Somebody let them in before anything of them came here. */
export function Unknown({ customer }: { customer: string }) {
  return (
    <div className="page" role="status">
      <h1 className="own-said">Nothing is known of {customer} yet</h1>
      <p className="quiet">Once there is a plan, or something is used, this page shows it.</p>
    </div>
  );
}

export function Away({ retry }: { retry: () => void }) {
  return (
    <div className="page" role="alert">
      <h1 className="own-said">Your usage cannot be shown now</h1>
      <p className="quiet">Nothing is lost: it is counted all the same.</p>
      <p><button type="button" className="text-button bordered" onClick={retry}>Try again</button></p>
    </div>
  );
}
