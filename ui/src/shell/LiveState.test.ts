import { render, screen } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import type { Feed } from "../feed/feed.svelte";
import { clock } from "../ui/clock.svelte";
import LiveState from "./LiveState.svelte";

const show = (state: Partial<Feed>) =>
  render(LiveState, {
    feed: { phase: "off", retryAt: null, lagMs: null, retryNow: vi.fn(), ...state } as Feed,
  });

describe("LiveState", () => {
  test("shows the measured lag while live", () => {
    const { container } = show({ phase: "live", lagMs: 38 });
    expect(container.textContent).toMatch(/live\s*38 ms/);
  });

  test("counts down, and connects at once when it is pressed", () => {
    const retryNow = vi.fn();
    show({ phase: "waiting", retryAt: clock.now + 3500, retryNow });
    const button = screen.getByRole("button", { name: /reconnecting in 4 s/ });
    button.click();
    expect(retryNow).toHaveBeenCalledOnce();
  });

  test("says in words that the server is down", () => {
    show({ phase: "down", retryAt: clock.now + 8000 });
    expect(screen.getByRole("button").textContent).toMatch(/server not answering.*again in 8 s/s);
  });
});
