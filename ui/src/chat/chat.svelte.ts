import type { Api } from "../api/client";
import type { BoardEvent, ChatMessage, Snapshot } from "../api/types";
import type { Listener } from "../feed/listener";

/** The most that the page keeps; older ones are asked for again. */
const KEPT = 500;
export const TEXT_LIMIT = 2000;

/** The chat that all agents and the person share. */
export class Chat implements Listener {
  messages = $state.raw<readonly ChatMessage[]>([]);
  unread = $state(0);
  /** While it is looked at nothing is unread. */
  #watched = false;

  constructor(private readonly api: Api) {}

  reset(snapshot: Snapshot): void {
    const last = this.messages.at(-1)?.id;
    const at = snapshot.chat.findIndex((message) => message.id === last);
    if (last && at >= 0 && !this.#watched) this.unread += snapshot.chat.length - 1 - at;
    this.messages = snapshot.chat;
  }

  apply(events: BoardEvent[]): void {
    const incoming = events.flatMap((event) => (event.type === "chat.message" ? [event.data.message] : []));
    if (incoming.length === 0) return;
    const added = this.#add(incoming);
    if (!this.#watched) this.unread += added.filter((message) => message.from !== "human").length;
  }

  watch(): () => void {
    this.#watched = true;
    this.unread = 0;
    return () => {
      this.#watched = false;
    };
  }

  async send(text: string, about: { taskId?: string; replyTo?: string } = {}): Promise<void> {
    const { message } = await this.api.call("send_chat_message", { text, ...about });
    this.#add([message]);
  }

  /** The answer and the event tell of the same message, in either order. */
  #add(incoming: readonly ChatMessage[]): ChatMessage[] {
    const known = new Set(this.messages.map((message) => message.id));
    const added = incoming.filter((message) => !known.has(message.id));
    if (added.length > 0) {
      this.messages = [...this.messages, ...added]
        .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
        .slice(-KEPT);
    }
    return added;
  }
}
