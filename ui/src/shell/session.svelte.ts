import type { Api, Credentials } from "../api/client";
import { ApiError } from "../api/errors";

const TOKEN_KEY = "meshpilot.token";

export type SessionState =
  /** A one-time code is being exchanged. */
  | "signing-in"
  | "signed-in"
  /** No token, or one that the server does not take. */
  | "signed-out"
  /** There was a one-time code, and it was too old or used before. */
  | "code-refused";

/** Who looks at the page. The token is a key of the person's, listed and revocable like any other. */
export class Session implements Credentials {
  state = $state<SessionState>("signed-out");
  #token: string | null;

  constructor(private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> = localStorage) {
    this.#token = storage.getItem(TOKEN_KEY);
    if (this.#token) this.state = "signed-in";
  }

  get token(): string | null {
    return this.#token;
  }

  /** Changes the one-time code of a board address into a token. A code that is refused leaves an older token in place. */
  async exchange(api: Api, code: string): Promise<void> {
    const before = this.#token;
    this.#token = null;
    this.state = "signing-in";
    try {
      const { token } = await api.call("exchange_code", { code });
      this.storage.setItem(TOKEN_KEY, token);
      this.#token = token;
      this.state = "signed-in";
    } catch (error) {
      this.#token = before;
      if (before) this.state = "signed-in";
      else this.state = error instanceof ApiError && isRefusal(error) ? "code-refused" : "signed-out";
    }
  }

  refused(): void {
    if (this.state === "signing-in") return;
    this.#token = null;
    this.storage.removeItem(TOKEN_KEY);
    this.state = "signed-out";
  }
}

/** The server looked at the code and did not take it; any other fault says nothing about it. */
const isRefusal = ({ status }: ApiError) => status >= 400 && status < 500;

/** Takes a one-time code out of the address, so that it stays neither there nor in the history. */
export function takeCode(location: Location, history: History): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) history.replaceState(null, "", location.pathname + location.search);
  return code;
}
