/** The time, for what shows an age or what is left. Ticks once a second while somebody looks. */
export class Clock {
  now = $state(Date.now());

  /** @returns what stops it */
  start(): () => void {
    const tick = () => {
      if (!document.hidden) this.now = Date.now();
    };
    const timer = setInterval(tick, 1000);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }
}

export const clock = new Clock();
