/** Failovers that are swept side by side: the steps mostly wait. */
import type { Good } from './fields.ts';
import type { Step } from './steps.ts';
import { Sweep } from './sweep.ts';

/** Takes each step through one of a few failovers that no other step is in. */
export class Lanes {
  readonly #all: readonly Sweep[];
  readonly #free: Set<Sweep>;

  constructor(count: number) {
    this.#all = Array.from({ length: count }, (_, index) => new Sweep(`sweep${index}`));
    this.#free = new Set(this.#all);
  }

  /** Rejects when there are more steps at a time than lanes, and as `Sweep.run` does. */
  async run(step: Step): Promise<void> {
    const lane = this.#take(step);
    try {
      await lane.run(step);
    } finally {
      this.#free.add(lane);
    }
  }

  /** Deletes what is left. */
  async end(): Promise<void> {
    await Promise.all(this.#all.map((lane) => lane.end()));
  }

  #take({ good }: Step): Sweep {
    const lane = laneFor(good, [...this.#free]);
    if (lane === undefined) throw new Error('more steps at a time than lanes');
    this.#free.delete(lane);
    return lane;
  }
}

/** The one whose failover suits the manifest, if there is one; otherwise rather one that has none yet. */
export const laneFor = <T extends { readonly good: Good | undefined }>(good: Good, free: readonly T[]): T | undefined =>
  free.find((one) => one.good === good) ?? free.find((one) => one.good === undefined) ?? free[0];
