import { expect, test } from "vitest";
import { STATUSES } from "../api/types";
import { canMove, moveEffect, moveVerb, undoMove } from "./transitions";

test("every way back that is offered is one that the rules allow", () => {
  for (const from of STATUSES) {
    for (const to of STATUSES) {
      if (!canMove(from, to)) continue;
      const way = undoMove(from, to, false);
      if (!way) continue;
      expect(canMove(to, way.to), `${from} → ${to} → ${way.to}`).toBe(true);
      expect(way.exact).toBe(way.to === from);
    }
  }
});

test("every move has a name and an effect", () => {
  for (const from of STATUSES) {
    for (const to of STATUSES) {
      expect(moveEffect(from, to)).toMatch(/^[A-Z].*\.$/);
      if (canMove(from, to)) expect(moveVerb(from, to)).toMatch(/^[A-Z]/);
    }
  }
});
