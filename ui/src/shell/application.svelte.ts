import { Api } from "../api/client";
import { Attention } from "../attention/attention.svelte";
import { Changes } from "../board/changes.svelte";
import type { BoardContext } from "../board/context";
import { SampleSwarm } from "../board/demo.svelte";
import { Drag } from "../board/drag.svelte";
import { Filter } from "../board/filter.svelte";
import { Project } from "../board/project.svelte";
import { Roster } from "../board/roster.svelte";
import { Tasks } from "../board/tasks.svelte";
import { BoardView } from "../board/view.svelte";
import { Chat } from "../chat/chat.svelte";
import { Feed } from "../feed/feed.svelte";
import type { Listener } from "../feed/listener";
import { Clients } from "../settings/clients.svelte";
import { Keys } from "../settings/keys.svelte";
import { Detail } from "../task/detail.svelte";
import { Announcer } from "../ui/announcer.svelte";
import { Menus } from "../ui/menu.svelte";
import { Notices } from "../ui/notices.svelte";
import { Route } from "./route.svelte";
import { Session, takeCode } from "./session.svelte";
import { Theme } from "./theme.svelte";

const RAIL_KEY = "meshpilot.rail";
const NARROW = "(max-width: 1000px)";
const PHONE = "(max-width: 720px)";

/** Everything the page is made of, put together. */
export class Application implements BoardContext {
  readonly announcer = new Announcer();
  readonly menus = new Menus();
  readonly theme = new Theme();
  readonly session = new Session();
  readonly api = new Api(this.session);
  readonly notices = new Notices((text) => this.announcer.say(text));
  readonly tasks = new Tasks();
  readonly roster = new Roster();
  readonly project = new Project();
  readonly changes = new Changes(this.api, this.tasks, this.notices);
  // A phone is looked at to decide something, so it starts with what waits.
  readonly route: Route;
  readonly filter: Filter;
  readonly view: BoardView;
  readonly drag: Drag;
  readonly sample = new SampleSwarm(this.api, this.tasks, this.notices);
  readonly chat = new Chat(this.api);
  readonly attention = new Attention(this.tasks);
  readonly keys = new Keys(this.api);
  readonly clients = new Clients(this.api);
  readonly detail = new Detail(this.api);
  readonly feed: Feed;
  dialog = $state<"palette" | "search" | "help" | "new-task" | null>(null);
  railFolded = $state(
    (localStorage.getItem(RAIL_KEY) ?? (matchMedia(NARROW).matches ? "folded" : "open")) === "folded",
  );

  readonly #listeners: Listener[] = [this.tasks, this.roster, this.project, this.chat];

  constructor() {
    const code = takeCode(location, history);
    this.route = new Route(matchMedia(PHONE).matches ? "attention" : "board");
    this.filter = new Filter(() => this.route.replaceQuery((query) => this.filter.write(query)));
    this.filter.read(this.route.query);
    this.view = new BoardView(this.tasks, this.filter);
    this.drag = new Drag({
      task: (id) => this.tasks.get(id),
      group: (id) => (this.view.selected.has(id) ? this.view.targets : [id]),
      drop: (ids, to) => {
        void this.changes.move(ids, to);
        // The keyboard goes along with the card, into whichever column it is in by now.
        const [first] = ids;
        if (first && this.changes.asking === null) this.view.focus(first);
      },
      announce: (text) => this.announcer.say(text),
    });
    this.feed = new Feed(this.session, {
      onSnapshot: (snapshot) => {
        for (const listener of this.#listeners) listener.reset(snapshot);
        void this.detail.refresh();
        void this.sample.look();
      },
      onEvents: (events) => {
        for (const listener of this.#listeners) listener.apply(events);
        this.keys.apply(events);
        this.detail.apply(events);
      },
    });
    if (code) void this.session.exchange(this.api, code);
  }

  /** Someone opened a board address in a tab that shows the board already. */
  takeCodeFromAddress(): void {
    const code = takeCode(location, history);
    if (code) void this.session.exchange(this.api, code);
  }

  get openId(): string | null {
    return this.route.task;
  }

  taskHref(id: string): string {
    return this.route.href(this.route.view === "settings" ? "board" : this.route.view, (query) =>
      query.set("task", id),
    );
  }

  openTask(id: string | null): void {
    const before = this.route.task;
    this.route.openTask(id);
    const task = id ? this.tasks.get(id) : undefined;
    if (task) {
      this.view.focused = task.id;
      this.announcer.say(`Opened ${task.id} ${task.title}. Enter goes into it.`);
    }
    if (!id && before) {
      const back = this.route.view === "attention" ? `attention-${before}` : `card-${before}`;
      document.getElementById(back)?.focus({ preventScroll: true });
    }
  }

  newTask(): void {
    this.dialog = "new-task";
  }

  /** The tasks that a key or a command is for: the open one, else those selected or focused. */
  get targets(): string[] {
    const open = this.route.task;
    if (open && this.view.selected.size === 0) return this.tasks.get(open) ? [open] : [];
    return this.view.targets;
  }

  foldRail(): void {
    this.railFolded = !this.railFolded;
    localStorage.setItem(RAIL_KEY, this.railFolded ? "folded" : "open");
  }
}
