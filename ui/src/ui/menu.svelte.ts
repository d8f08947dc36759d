export interface MenuItem {
  label: string;
  /** Second line or shortcut, in grey. */
  hint?: string;
  keys?: string;
  checked?: boolean;
  danger?: boolean;
  /** Why it can't be chosen now. */
  disabled?: string;
  /** Opens in place of this menu. */
  items?: () => MenuItem[];
  run?: () => void;
}

export interface OpenMenu {
  title: string;
  items: MenuItem[];
  x: number;
  y: number;
  /** Below an element its right edge may be what counts. */
  minWidth: number;
  returnTo: HTMLElement | null;
}

/** The one menu that can be open. */
export class Menus {
  open = $state.raw<OpenMenu | null>(null);

  /** Opens below an element. */
  under(anchor: Element, title: string, items: MenuItem[]): void {
    const box = anchor.getBoundingClientRect();
    this.#show({
      title,
      items,
      x: box.left,
      y: box.bottom + 4,
      minWidth: Math.max(180, Math.min(box.width, 320)),
    });
  }

  /** Opens where the pointer is. */
  at(x: number, y: number, title: string, items: MenuItem[]): void {
    this.#show({ title, items, x, y, minWidth: 200 });
  }

  #show(menu: Omit<OpenMenu, "returnTo">): void {
    const focused = document.activeElement;
    this.open = {
      ...menu,
      returnTo: this.open?.returnTo ?? (focused instanceof HTMLElement ? focused : null),
    };
  }

  close(): void {
    const returnTo = this.open?.returnTo;
    this.open = null;
    if (returnTo?.isConnected) returnTo.focus({ preventScroll: true });
  }
}
