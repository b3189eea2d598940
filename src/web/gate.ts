/** Lets so many in at once and turns the rest away; nobody waits. */
export interface Gate {
  /** @returns what to call when done (once or more), or null when it is full */
  enter(): (() => void) | null;
}

/** @param most how many may be inside at once, in this process */
export function createGate(most: number): Gate {
  let inside = 0;
  return {
    enter: () => {
      if (inside >= most) return null;
      inside += 1;
      let left = false;
      return () => {
        if (!left) inside -= 1;
        left = true;
      };
    },
  };
}
