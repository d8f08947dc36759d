import { STATUSES } from "../api/types";
import { canMove } from "../board/transitions";
import { menuFor, settle } from "./actions";
import type { Application } from "./application.svelte";
import { VIEWS } from "./route.svelte";

/** How long after `g` the second key may come, in milliseconds. */
const SEQUENCE_MS = 1_200;

const STEPS = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  Home: "first",
  End: "last",
} as const;

/** The page's shortcuts. Fields and dialogs keep their keys. */
export class Keyboard {
  #goPressedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly app: Application) {}

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    if (this.#handle(event)) event.preventDefault();
  }

  #handle(event: KeyboardEvent): boolean {
    const { app } = this;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "k") {
      app.dialog = app.dialog === "palette" ? null : "palette";
      return true;
    }
    const inDialog = document.querySelector("dialog[open]") !== null;
    if (inDialog || isTyping(event.target)) return false;
    if (command && event.key.toLowerCase() === "z") {
      app.notices.undoNewest();
      return true;
    }
    if (command || event.altKey) return false;
    const onCard = event.target instanceof Element && event.target.closest("[data-task]") !== null;
    if (app.route.view === "board" && (onCard || app.drag.lifted) && app.drag.key(event, app.view.focused))
      return true;
    // Enter, space and arrows belong to whatever control has the focus; letters are the page's.
    const free = event.target === document.body || onCard;
    if (free && app.route.view === "board" && this.#boardKey(event)) return true;
    return this.#pageKey(event);
  }

  #boardKey(event: KeyboardEvent): boolean {
    const { view } = this.app;
    if (event.key in STEPS) {
      const from = view.focused;
      view.step(STEPS[event.key as keyof typeof STEPS]);
      if (event.shiftKey && view.focused && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
        if (from && view.selected.size === 0) view.toggleSelected(from);
        view.selectTo(view.focused);
      }
      return true;
    }
    switch (event.key) {
      case "x":
        if (view.focused) view.toggleSelected(view.focused);
        return true;
      case "]":
      case "[":
        return this.#shift(event.key === "]" ? 1 : -1);
      case "ContextMenu":
        return this.#openMenu("m");
      default:
        return false;
    }
  }

  #pageKey(event: KeyboardEvent): boolean {
    const { app } = this;
    const view =
      event.timeStamp - this.#goPressedAt < SEQUENCE_MS && VIEWS.find((name) => name[0] === event.key);
    this.#goPressedAt = Number.NEGATIVE_INFINITY;
    if (view) {
      app.route.go(view);
      return true;
    }
    switch (event.key) {
      case "g":
        this.#goPressedAt = event.timeStamp;
        return true;
      case "/":
        app.dialog = "search";
        return true;
      case "?":
        app.dialog = "help";
        return true;
      case "n":
        app.newTask();
        return true;
      case "f":
        app.route.go("board");
        requestAnimationFrame(() => document.getElementById("filter-text")?.focus());
        return true;
      case "j":
      case "k":
        return this.#next(event.key === "j" ? 1 : -1);
      case "a":
      case "r":
        return this.#review(event.key === "a");
      case "e":
        settle(app, app.targets);
        return true;
      case "m":
      case "p":
      case "s":
      case "l":
        return this.#openMenu(event.key);
      case "Escape":
        return this.#escape();
      default:
        return false;
    }
  }

  /** `]` and `[`: to the next column that takes the card. */
  #shift(by: 1 | -1): boolean {
    const { app } = this;
    const task = app.view.focused ? app.tasks.get(app.view.focused) : undefined;
    if (!task) return true;
    for (let at = STATUSES.indexOf(task.status) + by; at >= 0 && at < STATUSES.length; at += by) {
      const status = STATUSES[at];
      if (!status || !canMove(task.status, status)) continue;
      void app.changes.move(app.targets, status);
      if (app.changes.asking === null) app.view.focus(task.id);
      return true;
    }
    app.announcer.say(`${task.id} can't be moved that way.`);
    return true;
  }

  #next(by: 1 | -1): boolean {
    const { app } = this;
    if (app.route.view === "attention") {
      const { items } = app.attention;
      const at = items.findIndex((item) => item.task.id === app.view.focused);
      const next = items[at + by]?.task.id;
      if (!next) return true;
      app.view.focused = next;
      document.getElementById(`attention-${next}`)?.focus();
      if (app.openId) app.openTask(next);
      return true;
    }
    const next = app.openId ? app.view.neighbour(app.openId, by) : null;
    if (app.openId && next) {
      app.openTask(next);
      app.view.focus(next);
    } else if (!app.openId && app.route.view === "board") {
      app.view.step(by === 1 ? "down" : "up");
    }
    return true;
  }

  #review(approve: boolean): boolean {
    const { app } = this;
    const ids = app.targets.filter((id) => app.tasks.get(id)?.status === "in_review");
    if (ids.length === 0) {
      app.announcer.say("There is nothing to review here.");
      return true;
    }
    void app.changes.move(ids, approve ? "done" : "todo");
    return true;
  }

  #openMenu(key: string): boolean {
    const { app } = this;
    const menu = menuFor(app, key);
    if (!menu) return false;
    const anchor =
      document.querySelector("[data-panel] [aria-label^=Actions]") ??
      document.querySelector(`[data-task="${app.view.focused}"]`) ??
      document.getElementById(`attention-${app.view.focused}`);
    if (anchor) app.menus.under(anchor, menu.title, menu.items);
    return true;
  }

  #escape(): boolean {
    const { app } = this;
    if (app.view.selected.size > 0) app.view.clearSelection();
    else if (app.openId) app.openTask(null);
    else return false;
    return true;
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return (
    target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}
