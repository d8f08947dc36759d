import { tick } from "svelte";
import { reasonOf } from "../api/errors";
import { PRIORITIES, type Settings, STATUSES } from "../api/types";
import { assignItems, labelItems, moveItems, priorityItems } from "../board/cardMenu";
import { displayName } from "../board/context";
import { PRIORITY_NAMES } from "../board/order";
import { canMove, STATUS_NAMES } from "../board/transitions";
import type { IconName } from "../ui/Icon.svelte";
import type { MenuItem } from "../ui/menu.svelte";
import type { Application } from "./application.svelte";
import { THEMES } from "./theme.svelte";

export interface Action {
  label: string;
  icon: IconName;
  keys?: string;
  /** Other words that somebody might look for. */
  words?: string;
  run: () => void;
}

/** Everything that can be done now. The palette shows it, the shortcuts run it. */
export function actions(app: Application): Action[] {
  return [...taskActions(app), ...pageActions(app)];
}

function taskActions(app: Application): Action[] {
  const ids = app.targets;
  const [first] = ids;
  if (!first) return [];
  const tasks = ids.map((id) => app.tasks.get(id)).filter((task) => task !== undefined);
  const subject = ids.length > 1 ? `${ids.length} tasks` : first;
  const each = (items: MenuItem[], prefix: string, icon: IconName): Action[] =>
    items
      .filter((item) => !item.disabled && !item.checked && item.run)
      .map((item) => ({ label: `${prefix} ${item.label}`, icon, run: () => item.run?.() }));
  const inReview = tasks.filter((task) => task.status === "in_review").map((task) => task.id);
  const reviewed = inReview.length > 1 ? `${inReview.length} tasks` : inReview[0];
  return [
    ...(inReview.length > 0
      ? ([
          {
            label: `Approve ${reviewed}`,
            icon: "check",
            keys: "a",
            run: () => void app.changes.approve(inReview),
          },
          {
            label: `Reject ${reviewed} …`,
            icon: "back",
            keys: "r",
            words: "send back review",
            run: () => void app.changes.move(inReview, "todo"),
          },
        ] satisfies Action[])
      : []),
    ...(ids.length === 1
      ? ([
          { label: `Open ${first}`, icon: "board", keys: "↵", run: () => app.openTask(first) },
          {
            label: `Select ${first}`,
            icon: "check",
            keys: "x",
            run: () => app.view.toggleSelected(first),
          },
          {
            label: `Comment on ${first}`,
            icon: "chat",
            words: "say write",
            run: () => void comment(app, first),
          },
          {
            label: `Copy the link of ${first}`,
            icon: "link",
            run: () => void navigator.clipboard?.writeText(new URL(app.taskHref(first), location.href).href),
          },
        ] satisfies Action[])
      : []),
    ...STATUSES.filter((status) => tasks.some((task) => canMove(task.status, status))).map(
      (status): Action => ({
        label: `Move ${subject} to ${STATUS_NAMES[status]}`,
        icon: "board",
        run: () => void app.changes.move(ids, status),
      }),
    ),
    ...each(priorityItems(app, ids), `Priority of ${subject}:`, "flag"),
    ...each(assignItems(app, ids), `Assign ${subject} to`, "human"),
    ...each(labelItems(app, ids), `Label ${subject}:`, "tag"),
    ...(tasks.some((task) => task.needsHuman)
      ? [
          {
            label: `Settle ${subject}`,
            icon: "human" as const,
            keys: "e",
            words: "needs human attention done",
            run: () => settle(app, ids),
          },
        ]
      : []),
    ...(ids.length === 1 && !tasks[0]?.lease
      ? [{ label: `Delete ${first}`, icon: "trash" as const, run: () => void app.changes.remove(first) }]
      : []),
  ];
}

/** Opens the task and puts the caret where a comment is written, once the panel has it. */
async function comment(app: Application, id: string): Promise<void> {
  app.openTask(id);
  await tick();
  app.detail.focusComment = true;
}

export function settle(app: Application, ids: readonly string[]): void {
  const waiting = ids.filter((id) => app.tasks.get(id)?.needsHuman);
  if (waiting.length > 0) {
    void app.changes.edit(waiting, { needsHuman: false }, (subject) => `${subject} goes on without you`);
  }
}

function pageActions(app: Application): Action[] {
  const { settings } = app.project;
  const filterBy = (fields: Parameters<typeof app.filter.set>[0]) => () => {
    app.route.go("board");
    app.filter.set(fields);
  };
  return [
    { label: "New task", icon: "plus", keys: "n", words: "create add", run: () => app.newTask() },
    { label: "Search tasks", icon: "search", keys: "/", run: () => (app.dialog = "search") },
    { label: "Go to the board", icon: "board", keys: "g b", run: () => app.route.go("board") },
    {
      label: "Go to attention",
      icon: "attention",
      keys: "g a",
      words: "reviews waiting inbox",
      run: () => app.route.go("attention"),
    },
    {
      label: "Go to the chat",
      icon: "chat",
      keys: "g c",
      words: "messages",
      run: () => app.route.go("chat"),
    },
    {
      label: "Go to the settings",
      icon: "settings",
      keys: "g s",
      words: "keys clients leases",
      run: () => app.route.go("settings"),
    },
    ...(app.notices.undoable
      ? [
          {
            label: `${app.notices.undoable.action?.label}: ${app.notices.undoable.text}`,
            icon: "undo" as const,
            keys: "Ctrl Z",
            run: () => app.notices.undoNewest(),
          },
        ]
      : []),
    ...(app.filter.active
      ? [{ label: "Clear the filter", icon: "close" as const, run: () => app.filter.clear() }]
      : []),
    ...(app.view.selected.size > 0
      ? [
          {
            label: "Clear the selection",
            icon: "close" as const,
            keys: "Esc",
            run: () => app.view.clearSelection(),
          },
        ]
      : []),
    ...app.roster.agents.map(
      (agent): Action => ({
        label: `Show only the work of ${displayName(agent.name)}`,
        icon: "sliders",
        words: "filter agent",
        run: filterBy({ agents: [agent.name] }),
      }),
    ),
    ...PRIORITIES.map(
      (priority): Action => ({
        label: `Show only ${PRIORITY_NAMES[priority]} priority`,
        icon: "sliders",
        words: "filter",
        run: filterBy({ priorities: [priority] }),
      }),
    ),
    ...STATUSES.map(
      (status): Action => ({
        label: `${app.view.collapsed.has(status) ? "Show" : "Collapse"} ${STATUS_NAMES[status]}`,
        icon: "board",
        words: "column",
        run: () => app.view.toggleCollapsed(status),
      }),
    ),
    {
      label: "New key",
      icon: "key",
      words: "create token secret",
      run: () => {
        app.route.go("settings");
        app.keys.creating = true;
      },
    },
    {
      label: "Connect a client",
      icon: "plug",
      words: "mcp agent install",
      run: () => app.route.go("settings"),
    },
    {
      label: settings.requiresReview ? "New tasks need no review" : "New tasks need a review",
      icon: "settings",
      words: "approval rules",
      run: () =>
        void changeSetting(app, { requiresReview: !settings.requiresReview }, "Reviews of new tasks"),
    },
    {
      label: settings.paused ? "Let all agents go on" : "Pause all agents",
      icon: settings.paused ? "play" : "pause",
      words: "stop freeze resume",
      run: () => void changeSetting(app, { paused: !settings.paused }, "Pause of all agents"),
    },
    app.sample.present
      ? {
          label: "Clear the sample swarm away",
          icon: "trash",
          words: "demo end",
          run: () => void app.sample.end(),
        }
      : { label: "Load a sample swarm", icon: "play", words: "demo", run: () => void app.sample.begin() },
    ...THEMES.map(
      (theme): Action => ({
        label: theme === "system" ? "Theme: as the system" : `Theme: ${theme}`,
        icon: "contrast",
        words: "appearance dark light",
        run: () => app.theme.set(theme),
      }),
    ),
    {
      label: app.railFolded ? "Unfold the rail" : "Fold the rail",
      icon: "left",
      run: () => app.foldRail(),
    },
    {
      label: "Keyboard shortcuts",
      icon: "keyboard",
      keys: "?",
      words: "help",
      run: () => (app.dialog = "help"),
    },
    ...(app.feed.retryAt !== null
      ? [{ label: "Connect again now", icon: "plug" as const, run: () => app.feed.retryNow() }]
      : []),
  ];
}

async function changeSetting(app: Application, change: Partial<Settings>, what: string): Promise<void> {
  const before = Object.fromEntries(
    Object.keys(change).map((key) => [key, app.project.settings[key as keyof Settings]]),
  ) as Partial<Settings>;
  const apply = async (values: Partial<Settings>) => {
    app.project.learn((await app.api.call("update_settings", values)).settings);
  };
  try {
    await apply(change);
    app.notices.done(`${what}: changed`, { label: "Undo", run: () => apply(before) });
  } catch (error) {
    app.notices.fail("The setting was not changed.", reasonOf(error));
  }
}

/** Menus that a key opens beside the focused card. */
export function menuFor(app: Application, key: string): { title: string; items: MenuItem[] } | null {
  const ids = app.targets;
  if (ids.length === 0) return null;
  switch (key) {
    case "m":
      return { title: "Move to", items: moveItems(app, ids) };
    case "p":
      return { title: "Priority", items: priorityItems(app, ids) };
    case "s":
      return { title: "Assign to", items: assignItems(app, ids) };
    case "l":
      return { title: "Labels", items: labelItems(app, ids) };
    default:
      return null;
  }
}
