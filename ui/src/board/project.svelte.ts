import type { BoardEvent, Settings, Snapshot } from "../api/types";
import type { Listener } from "../feed/listener";

const UNKNOWN: Settings = {
  requiresReview: true,
  leaseSeconds: 600,
  maxAttempts: 5,
  maxReleases: 3,
  readsPerMinute: 600,
  writesPerMinute: 300,
  monthlyBudgetUsd: null,
  paused: false,
  projectName: "",
};

/** Which project this board belongs to, and its rules. */
export class Project implements Listener {
  name = $state("");
  path = $state("");
  version = $state("");
  settings = $state.raw<Settings>(UNKNOWN);

  reset({ project, settings }: Snapshot): void {
    this.path = project.path;
    this.version = project.version;
    this.settings = settings;
    this.name = settings.projectName || project.name;
  }

  apply(events: BoardEvent[]): void {
    for (const event of events) {
      if (event.type === "settings.updated") this.learn(event.data.settings);
    }
  }

  learn(settings: Settings): void {
    this.settings = settings;
    if (settings.projectName) this.name = settings.projectName;
  }
}
