import assert from "node:assert/strict";
import fc from "fast-check";
import { LeadershipLostError } from "../../../src/operator/term.ts";
import { PseudoRandom } from "../../e2e/pseudo_random.ts";
import { type Begun, Contender, DURATIONS } from "./contender.ts";
import { type Fate, PERFECT, SimulatedApi } from "./simulated_api.ts";
import { type Clocks, World } from "./virtual_time.ts";

/** How bad a network is: the part of the calls that goes wrong, and the longest way. */
interface Weather {
  readonly faults: number;
  readonly latency: number;
}

/** A replica for each of these clocks, and a world for them. */
class Replicas {
  readonly world = new World();
  readonly api = new SimulatedApi(this.world);
  readonly terms: Begun[] = [];
  readonly #random: PseudoRandom;
  readonly #all: Contender[] = [];

  constructor(seed: number, clocks: readonly Clocks[], weather: Weather) {
    this.#random = new PseudoRandom(seed);
    this.api.network = this.#network(weather);
    clocks.forEach((own, index) => this.start(`replica-${index}`, own));
  }

  /** Those of now, in the order of their identities; the last of those with the same. */
  get running(): readonly Contender[] {
    return [...new Map(this.#all.map((one) => [one.identity, one])).values()];
  }

  /** Whose term lasts, if anybody's. */
  get leader(): Contender | undefined {
    return this.#standing()[0]?.by;
  }

  start(identity: string, clocks: Clocks): void {
    const { world, api, terms } = this;
    const random = () => this.#random.next();
    const inertia = () => this.#random.below(3_000);
    const contender = new Contender({ world, api, identity, clocks, random, terms, inertia });
    this.#all.push(contender);
    world.at(world.now + this.#random.below(2_000), () => contender.start(), contender.machine);
  }

  /** Lets time pass, and looks after everything that happens whether anything is wrong. */
  async runUntil(time: number): Promise<void> {
    await this.world.runUntil(time, () => this.#check());
    for (const { failure } of this.#all) assert.equal(failure, undefined);
  }

  #check(): void {
    assert.ok(
      this.#standing().length <= 1,
      `${this.#standing().map(({ by, epoch }) => `${by.identity} in epoch ${epoch}`)}`,
    );
    for (let index = 1; index < this.terms.length; index++) {
      assert.ok(this.terms[index]!.epoch > this.terms[index - 1]!.epoch, "an epoch came again");
    }
  }

  /** Also of the dead and suspended: they could have asked a moment ago. */
  #standing(): readonly Begun[] {
    return this.terms.filter(({ by: { machine }, term }) => {
      if (machine.isDead || machine.suspendedUntil > this.world.now) {
        return !term.signal.aborted && machine.now() < term.validUntil;
      }
      try {
        return term.demand().epoch > 0;
      } catch (error) {
        assert.ok(error instanceof LeadershipLostError);
        return false;
      }
    });
  }

  #network({ faults, latency }: Weather) {
    return {
      fate: () => this.#random.next() < faults ? this.#random.pick(FAULTS) : "fine",
      latency: () => this.#random.next() * latency,
    };
  }
}

const FAULTS: readonly Fate[] = [
  "request lost",
  "answer lost",
  "conflict",
  "failed before",
  "failed after",
];

const HOURS = 3_600_000;

/** Clocks that begin anywhere, are hours apart, and run by up to a tenth too slowly or too fast. */
const CLOCKS = fc.record({
  start: fc.integer({ min: 0, max: 1e9 }),
  rate: fc.double({ min: 0.9, max: 1.1, noNaN: true }),
  skew: fc.integer({ min: -48 * HOURS, max: 48 * HOURS }),
});

const REPLICAS = fc.array(CLOCKS, { minLength: 2, maxLength: 4 });

const SEED = fc.integer({ min: 0, max: 2 ** 31 });

/** How long things go wrong, and how long it takes at most until somebody leads again. Milliseconds. */
const [TROUBLE, RECOVERY] = [180_000, 90_000];

/** Something that happens to a replica, or to the server. Times are milliseconds. */
const MISHAP = fc.record({
  at: fc.integer({ min: 0, max: TROUBLE }),
  kind: fc.constantFrom("suspend", "suspend", "freeze", "kill", "stop", "touch"),
  /** Of the leader, or of any. */
  leader: fc.boolean(),
  who: fc.nat(3),
  for: fc.integer({ min: 100, max: 45_000 }),
});

type Mishap = typeof MISHAP extends fc.Arbitrary<infer T> ? T : never;

/** What each of them does. Whoever is killed or stops is started again later, with the same name. */
const DEEDS: Readonly<
  Record<string, (replicas: Replicas, who: Contender, duration: number) => void>
> = {
  suspend: ({ world }, { machine }, duration) => machine.suspendedUntil = world.now + duration,
  freeze: ({ world, api }, _who, duration) => api.frozenUntil = world.now + duration,
  touch: ({ api }) => api.stored() !== undefined && api.put(api.stored()),
  kill: (replicas, who, duration) => {
    who.kill();
    startAgain(replicas, who, duration);
  },
  stop: (replicas, who, duration) => {
    askToStop(replicas, who);
    startAgain(replicas, who, 60_000 + duration);
  },
};

function askToStop({ world }: Replicas, who: Contender): void {
  world.at(world.now, () => who.stop(), who.machine);
}

function startAgain(replicas: Replicas, who: Contender, after: number): void {
  replicas.world.at(replicas.world.now + after, () => {
    who.kill();
    replicas.start(who.identity, who.machine.clocks);
  });
}

Deno.test("whatever happens no two terms overlap and no epoch comes again, and then somebody leads", async () => {
  await fc.assert(
    fc.asyncProperty(
      SEED,
      REPLICAS,
      fc.double({ min: 0, max: 0.4, noNaN: true }),
      fc.array(MISHAP, { maxLength: 8 }),
      async (seed, clocks, faults, mishaps) => {
        const replicas = new Replicas(seed, clocks, { faults, latency: 2_000 });
        for (const mishap of mishaps) happen(replicas, mishap);
        await replicas.runUntil(TROUBLE + 45_000);
        replicas.api.network = PERFECT;
        await replicas.runUntil(TROUBLE + 45_000 + 60_000 + RECOVERY);
        assert.ok(replicas.leader !== undefined, "nobody leads");
      },
    ),
    { numRuns: 200 },
  );
});

function happen(replicas: Replicas, mishap: Mishap): void {
  replicas.world.at(mishap.at, () => {
    const any = replicas.running[mishap.who % replicas.running.length]!;
    const who = (mishap.leader ? replicas.leader : undefined) ?? any;
    DEEDS[mishap.kind]?.(replicas, who, mishap.for);
  });
}

/** A good network, and right clocks that begin anywhere and whose wall clocks are hours apart. */
const FINE: Weather = { faults: 0, latency: 50 };
const RIGHT = REPLICAS.map((all) => all.map((clocks) => ({ ...clocks, rate: 1 })));

/** A few calls in a row, one of which may meet a conflict. Milliseconds. */
const TRAVEL = 20 * FINE.latency;

Deno.test("a leader that is killed is followed within a lease and a retry period", async () => {
  await fc.assert(
    fc.asyncProperty(SEED, RIGHT, fc.nat(20_000), async (seed, clocks, more) => {
      const replicas = new Replicas(seed, clocks, FINE);
      const killedAt = 20_000 + more;
      await replicas.runUntil(killedAt);
      const { leader } = replicas;
      leader?.kill();
      await replicas.runUntil(killedAt + DURATIONS.lease + DURATIONS.retryPeriod + TRAVEL);
      assert.equal(replicas.terms.length, 2);
      const [first, next] = replicas.terms;
      assert.ok(first?.by === leader && next?.by !== leader);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a leader that is asked to stop is followed within a retry period", async () => {
  await fc.assert(
    fc.asyncProperty(SEED, RIGHT, fc.nat(20_000), async (seed, clocks, more) => {
      const replicas = new Replicas(seed, clocks, FINE);
      await replicas.runUntil(20_000 + more);
      const { leader } = replicas;
      if (leader !== undefined) askToStop(replicas, leader);
      await replicas.runUntil(20_000 + more + 3_000 + TRAVEL);
      assert.ok(leader?.stoppedAt !== undefined, "it has not ended");
      await replicas.runUntil(leader.stoppedAt + DURATIONS.retryPeriod + TRAVEL);
      const [first, next] = replicas.terms;
      assert.ok(first?.by === leader && next !== undefined && next.by !== leader);
    }),
    { numRuns: 60 },
  );
});
