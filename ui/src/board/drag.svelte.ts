import type { Attachment } from "svelte/attachments";
import { STATUSES, type Status, type Task } from "../api/types";
import { moveEffect, STATUS_NAMES } from "./transitions";

/**
 * Dragging, by mouse, pen, touch and keys. Pointer events of our own rather than a library: columns are virtual, so
 * the lifted card may leave the document while it is dragged, and the keys step from column to column, not by pixels.
 * A drag is data about tasks, so what agents change meanwhile simply shows.
 */

const MOVE_TO_LIFT_PX = 5;
const HOLD_TO_LIFT_MS = 220;
const HOLD_SLACK_PX = 8;
/** Closer to the board's edge than this, it scrolls. */
const EDGE_PX = 56;
const SCROLL_PX_PER_FRAME = 14;
/** Where one column fills the screen, the edge turns to the next one, and rests this long before it turns again. */
const TURN_REST_MS = 900;

export interface Lifted {
  readonly task: Task;
  readonly ids: readonly string[];
  readonly by: "pointer" | "keys";
  readonly over: Status;
  /** Where the ghost's corner is, in the window. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface DragHost {
  task(id: string): Task | undefined;
  /** The tasks that go along when one is lifted: the selection it is part of, or itself. */
  group(id: string): readonly string[];
  drop(ids: readonly string[], to: Status): void;
  announce(text: string): void;
}

export class Drag {
  lifted = $state.raw<Lifted | null>(null);
  #end: (() => void) | null = null;

  constructor(private readonly host: DragHost) {}

  /** For the element that holds the columns: `[data-task]` are cards, `[data-column]` columns. */
  readonly surface: Attachment<HTMLElement> = (surface) => {
    const onDown = (event: PointerEvent) => this.#press(surface, event);
    surface.addEventListener("pointerdown", onDown);
    return () => {
      surface.removeEventListener("pointerdown", onDown);
      this.#end?.();
    };
  };

  /** Keys while a card is focused. @returns whether the key was taken */
  key(event: KeyboardEvent, focused: string | null): boolean {
    if (!this.lifted) {
      if (event.key !== " " || !focused || event.ctrlKey || event.metaKey || event.altKey) return false;
      return this.#liftByKeys(focused);
    }
    if (this.lifted.by !== "keys") {
      if (event.key !== "Escape") return false;
      this.cancel();
      return true;
    }
    switch (event.key) {
      case "ArrowLeft":
        this.#step(-1);
        return true;
      case "ArrowRight":
        this.#step(1);
        return true;
      case " ":
      case "Enter":
        this.#drop();
        return true;
      case "Escape":
      case "Tab":
        this.cancel();
        return true;
      default:
        return event.key.startsWith("Arrow");
    }
  }

  cancel(): void {
    if (!this.lifted) return;
    this.host.announce(`Put back. ${this.#subject()} stays in ${STATUS_NAMES[this.lifted.task.status]}.`);
    this.#finish();
  }

  /** The server moved or removed the lifted card: there is nothing to drop any more. */
  changedElsewhere(): void {
    if (!this.lifted) return;
    this.host.announce(`${this.lifted.task.id} was moved by somebody else. Put back.`);
    this.#finish();
  }

  #subject(): string {
    if (!this.lifted) return "";
    const { ids, task } = this.lifted;
    return ids.length > 1 ? `${ids.length} tasks` : `${task.id} ${task.title}`;
  }

  #liftByKeys(id: string): boolean {
    const task = this.host.task(id);
    if (!task) return false;
    this.lifted = { task, ids: this.host.group(id), by: "keys", over: task.status, x: 0, y: 0, width: 0 };
    this.host.announce(
      `Lifted ${this.#subject()}, in ${STATUS_NAMES[task.status]}. Left and right choose a column, space drops, escape puts it back.`,
    );
    return true;
  }

  #step(by: 1 | -1): void {
    if (!this.lifted) return;
    const over = STATUSES[STATUSES.indexOf(this.lifted.over) + by];
    if (!over) return;
    this.lifted = { ...this.lifted, over };
    this.host.announce(
      `${STATUS_NAMES[over]}, column ${STATUSES.indexOf(over) + 1} of ${STATUSES.length}. ${moveEffect(this.lifted.task.status, over)}`,
    );
  }

  #drop(): void {
    if (!this.lifted) return;
    const { ids, over, task } = this.lifted;
    const subject = this.#subject();
    this.#finish();
    if (over === task.status && ids.length === 1) {
      this.host.announce(`Put back. ${subject} stays in ${STATUS_NAMES[over]}.`);
      return;
    }
    this.host.announce(`Dropped ${subject} on ${STATUS_NAMES[over]}.`);
    this.host.drop(ids, over);
  }

  #finish(): void {
    this.lifted = null;
    this.#end?.();
  }

  #press(surface: HTMLElement, down: PointerEvent): void {
    const card = down.target instanceof Element ? down.target.closest<HTMLElement>("[data-task]") : null;
    if (!card || down.button !== 0 || down.shiftKey || (down.target as Element).closest("button")) return;
    const id = card.dataset.task ?? "";
    const box = card.getBoundingClientRect();
    const grip = { x: down.clientX - box.left, y: down.clientY - box.top };
    let at = { x: down.clientX, y: down.clientY };
    let frame = 0;
    const scroll = edgeScroller(surface);

    const lift = () => {
      const task = this.host.task(id);
      if (!task) return end();
      this.lifted = {
        task,
        ids: this.host.group(id),
        by: "pointer",
        over: task.status,
        x: at.x - grip.x,
        y: at.y - grip.y,
        width: box.width,
      };
      this.host.announce(`Lifted ${this.#subject()}.`);
      getSelection()?.removeAllRanges();
      frame = requestAnimationFrame(follow);
    };
    // Once per frame, whatever the pointer's rate; also scrolls when it rests near an edge.
    const follow = () => {
      frame = requestAnimationFrame(follow);
      if (!this.lifted) return;
      scroll(at.x);
      const column = document.elementFromPoint(at.x, at.y)?.closest<HTMLElement>("[data-column]");
      const over = (column?.dataset.column as Status | undefined) ?? this.lifted.over;
      const x = at.x - grip.x;
      const y = at.y - grip.y;
      if (x !== this.lifted.x || y !== this.lifted.y || over !== this.lifted.over) {
        this.lifted = { ...this.lifted, x, y, over };
      }
    };
    const onMove = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return;
      at = { x: event.clientX, y: event.clientY };
      if (this.lifted) return;
      const moved = Math.hypot(at.x - down.clientX, at.y - down.clientY);
      if (down.pointerType === "touch") {
        if (moved > HOLD_SLACK_PX) end();
      } else if (moved > MOVE_TO_LIFT_PX) lift();
    };
    const onUp = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return;
      at = { x: event.clientX, y: event.clientY };
      if (!this.lifted) return end();
      // A click follows the release; it would open the card that was just dropped.
      addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }));
      const under = document.elementFromPoint(at.x, at.y)?.closest<HTMLElement>("[data-column]");
      if (!under) return this.cancel();
      this.lifted = { ...this.lifted, over: under.dataset.column as Status };
      this.#drop();
    };
    const onCancel = () => {
      if (this.lifted) this.cancel();
      else end();
    };
    const onTouchMove = (event: TouchEvent) => {
      if (this.lifted && event.cancelable) event.preventDefault();
    };
    const onMenu = (event: Event) => {
      if (down.pointerType === "touch") event.preventDefault();
    };
    const hold = down.pointerType === "touch" ? setTimeout(lift, HOLD_TO_LIFT_MS) : undefined;
    const end = () => {
      clearTimeout(hold);
      cancelAnimationFrame(frame);
      removeEventListener("pointermove", onMove);
      removeEventListener("pointerup", onUp);
      removeEventListener("pointercancel", onCancel);
      removeEventListener("blur", onCancel);
      removeEventListener("contextmenu", onMenu);
      card.removeEventListener("touchmove", onTouchMove);
      if (this.#end === end) this.#end = null;
    };
    this.#end?.();
    this.#end = end;
    addEventListener("pointermove", onMove);
    addEventListener("pointerup", onUp);
    addEventListener("pointercancel", onCancel);
    addEventListener("blur", onCancel);
    addEventListener("contextmenu", onMenu);
    card.addEventListener("touchmove", onTouchMove, { passive: false });
  }
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

/** @returns what scrolls the columns while the pointer rests near an edge, to be called once per frame */
function edgeScroller(surface: HTMLElement): (x: number) => void {
  let turnedAt = Number.NEGATIVE_INFINITY;
  return (x) => {
    const box = surface.getBoundingClientRect();
    const towards = x < box.left + EDGE_PX ? -1 : x > box.right - EDGE_PX ? 1 : 0;
    if (towards === 0) return;
    const column = surface.querySelector("[data-column]")?.clientWidth ?? 0;
    if (column < surface.clientWidth - EDGE_PX) {
      surface.scrollLeft += towards * SCROLL_PX_PER_FRAME;
    } else if (performance.now() - turnedAt > TURN_REST_MS) {
      turnedAt = performance.now();
      const next = Math.round(surface.scrollLeft / surface.clientWidth) + towards;
      surface.scrollTo({ left: next * surface.clientWidth, behavior: "smooth" });
    }
  };
}
