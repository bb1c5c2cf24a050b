/** Asks the API, and turns its problem+json into an error that says what failed. */

/** Undefined is left out; an empty value is asked for as it is: a pool that came by no other way has `path=`. */
export type Params = Record<string, string | undefined>;

export interface Problem {
  title: string;
  status: number;
  detail: string;
  hint?: string;
}

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }
}

export function address(path: string, params: Params = {}): string {
  const given = Object.entries(params).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const query = new URLSearchParams(given).toString();
  // What is asked for several times, as models are, is in the path already.
  return `/api/v1${path}${query ? `${path.includes("?") ? "&" : "?"}${query}` : ""}`;
}

/** The same report as CSV; `table` names the list of it that the file holds. */
export function csvAddress(path: string, params: Params = {}, table?: string): string {
  return address(path, { ...params, format: "csv", table });
}

/** An embedded page shows a token instead of a session; it is kept in this variable and nowhere else. */
let token: string | null = null;

export function carry(given: string | null): void {
  token = given;
}

type Listener = () => void;
const turnedAway = new Set<Listener>();

/** Calls back when the server no longer knows who asks. */
export function onTurnedAway(listener: Listener): () => void {
  turnedAway.add(listener);
  return () => turnedAway.delete(listener);
}

/** Where 401 says that a password is wrong, and not that nobody is logged in. */
const PASSWORDS = ["/api/v1/access/login", "/api/v1/access/password"];

async function problemOf(answer: Response): Promise<Problem> {
  const fallback = { title: answer.statusText || "Something failed", status: answer.status, detail: "" };
  try {
    return { ...fallback, ...((await answer.json()) as Partial<Problem>) };
  } catch {
    return fallback;
  }
}

export async function fetchReport<T>(path: string, params: Params, signal?: AbortSignal): Promise<T> {
  return answered<T>(address(path, params), { headers: { Accept: "application/json" }, signal: signal ?? null });
}

/** Changes something; the answer is how it is now. */
export async function send<T>(path: string, body: object = {}): Promise<T> {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  return answered<T>(address(path), { method: "POST", headers, body: JSON.stringify(body) });
}

async function answered<T>(asked: string, how: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(asked, token === null ? how : { ...how, credentials: "omit", headers: { ...how.headers, Authorization: `Bearer ${token}` } });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError({ title: "The server does not answer", status: 0, detail: "Is `apportion serve` still running?" });
  }
  if (answer.status === 401 && !PASSWORDS.includes(asked)) turnedAway.forEach((listener) => listener());
  if (!answer.ok) throw new ApiError(await problemOf(answer));
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}
