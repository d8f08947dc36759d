const THEME_KEY = "meshpilot.theme";

export const THEMES = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof THEMES)[number];

/** Light or dark: the system's choice until the person makes one. */
export class Theme {
  choice = $state<ThemeChoice>("system");

  constructor(
    private readonly root: HTMLElement = document.documentElement,
    private readonly storage: Pick<Storage, "getItem" | "setItem"> = localStorage,
  ) {
    const stored = THEMES.find((theme) => theme === storage.getItem(THEME_KEY));
    if (stored) this.set(stored);
  }

  set(choice: ThemeChoice): void {
    this.choice = choice;
    this.storage.setItem(THEME_KEY, choice);
    if (choice === "system") delete this.root.dataset.theme;
    else this.root.dataset.theme = choice;
  }
}
