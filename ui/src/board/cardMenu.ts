import { PRIORITIES, STATUSES } from "../api/types";
import type { MenuItem } from "../ui/menu.svelte";
import { type BoardContext, displayName, ME } from "./context";
import { PRIORITY_NAMES } from "./order";
import { canMove, moveEffect, needsReason, STATUS_NAMES } from "./transitions";

type Place = Element | { x: number; y: number };

/** The menu of a card, or of all selected ones when it is one of them. */
export function openCardMenu(board: BoardContext, id: string, place: Place): void {
  const ids = board.view.selected.has(id) ? board.view.targets : [id];
  const title = ids.length > 1 ? `${ids.length} tasks` : id;
  open(board, place, title, cardItems(board, ids));
}

export function open(board: BoardContext, place: Place, title: string, items: MenuItem[]): void {
  if (place instanceof Element) board.menus.under(place, title, items);
  else board.menus.at(place.x, place.y, title, items);
}

function cardItems(board: BoardContext, ids: string[]): MenuItem[] {
  const [id] = ids;
  const only = ids.length === 1 ? id : undefined;
  const items: MenuItem[] = [
    { label: "Move to …", keys: "m", items: () => moveItems(board, ids) },
    { label: "Priority …", keys: "p", items: () => priorityItems(board, ids) },
    { label: "Assign to …", keys: "s", items: () => assignItems(board, ids) },
    { label: "Labels …", keys: "l", items: () => labelItems(board, ids) },
  ];
  if (!only) return items;
  const task = board.tasks.get(only);
  const inReview = task?.status === "in_review";
  return [
    { label: "Open", keys: "↵", run: () => board.openTask(only) },
    ...(inReview
      ? [
          { label: "Approve", keys: "a", run: () => void board.changes.approve(ids) },
          { label: "Reject …", keys: "r", run: () => void board.changes.move(ids, "todo") },
        ]
      : []),
    ...items,
    { label: "Copy the id", run: () => void navigator.clipboard?.writeText(only) },
    {
      label: "Delete",
      danger: true,
      ...(task?.lease ? { disabled: `${displayName(task.lease.agent)} holds it; release it first` } : {}),
      run: () => void board.changes.remove(only),
    },
  ];
}

export function moveItems(board: BoardContext, ids: string[]): MenuItem[] {
  const tasks = ids.map((id) => board.tasks.get(id)).filter((task) => task !== undefined);
  return STATUSES.map((status) => {
    const movable = tasks.filter((task) => canMove(task.status, status));
    const [only] = tasks;
    return {
      label: STATUS_NAMES[status],
      checked: tasks.every((task) => task.status === status),
      ...(only && tasks.length === 1 && only.status !== status && movable.length > 0
        ? { hint: moveEffect(only.status, status) }
        : {}),
      ...(movable.length === 0 && !tasks.every((task) => task.status === status)
        ? {
            disabled:
              only && tasks.length === 1 ? moveEffect(only.status, status) : "None of them can go there.",
          }
        : {}),
      ...(tasks.length > 1 && movable.some((task) => needsReason(task.status, status))
        ? { hint: "Asks you for a reason." }
        : {}),
      run: () => void board.changes.move(ids, status),
    };
  });
}

export function priorityItems(board: BoardContext, ids: string[]): MenuItem[] {
  const tasks = ids.map((id) => board.tasks.get(id));
  return PRIORITIES.map((priority) => ({
    label: PRIORITY_NAMES[priority],
    checked: tasks.every((task) => task?.priority === priority),
    run: () => void board.changes.setPriority(ids, priority),
  }));
}

export function assignItems(board: BoardContext, ids: string[]): MenuItem[] {
  const tasks = ids.map((id) => board.tasks.get(id));
  const assigned = (agent: string | null) => tasks.every((task) => task?.assignedTo === agent);
  const names = new Set([ME, ...board.roster.agents.map((agent) => agent.name)]);
  return [
    {
      label: "Whoever takes it first",
      checked: assigned(null),
      run: () => void board.changes.assign(ids, null),
    },
    ...[...names].map((agent) => ({
      label: displayName(agent),
      checked: assigned(agent),
      run: () => void board.changes.assign(ids, agent),
    })),
  ];
}

export function labelItems(board: BoardContext, ids: string[]): MenuItem[] {
  const tasks = ids.map((id) => board.tasks.get(id)).filter((task) => task !== undefined);
  const known = knownLabels(board);
  if (known.length === 0)
    return [{ label: "No labels yet", disabled: "Add the first one in a task's panel." }];
  return known.map((label) => {
    const on = tasks.every((task) => task.labels.includes(label));
    return { label, checked: on, run: () => void board.changes.label(ids, label, !on) };
  });
}

export function knownLabels(board: BoardContext): string[] {
  const labels = new Set<string>();
  for (const task of board.tasks.all()) for (const label of task.labels) labels.add(label);
  return [...labels].sort((a, b) => a.localeCompare(b));
}
