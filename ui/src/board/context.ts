import { createContext } from "svelte";
import type { Api } from "../api/client";
import type { Announcer } from "../ui/announcer.svelte";
import type { Menus } from "../ui/menu.svelte";
import type { Notices } from "../ui/notices.svelte";
import type { Changes } from "./changes.svelte";
import type { SampleSwarm } from "./demo.svelte";
import type { Drag } from "./drag.svelte";
import type { Filter } from "./filter.svelte";
import type { Project } from "./project.svelte";
import type { Roster } from "./roster.svelte";
import type { Tasks } from "./tasks.svelte";
import type { BoardView } from "./view.svelte";

/** What every view of the board's tasks works with. */
export interface BoardContext {
  readonly api: Api;
  readonly tasks: Tasks;
  readonly roster: Roster;
  readonly project: Project;
  readonly filter: Filter;
  readonly view: BoardView;
  readonly changes: Changes;
  readonly drag: Drag;
  readonly sample: SampleSwarm;
  readonly menus: Menus;
  readonly notices: Notices;
  readonly announcer: Announcer;
  /** The address of a task's panel over the present view. */
  taskHref(id: string): string;
  openTask(id: string | null): void;
  readonly openId: string | null;
  newTask(): void;
}

export const [getBoard, setBoard] = createContext<BoardContext>();

/** The name under which the server knows the person. */
export const ME = "human";

export const displayName = (agent: string) => (agent === ME ? "you" : agent);
