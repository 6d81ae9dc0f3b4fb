/** The numbers that say whether the operator is good, a row of the table each. */

/** In the order in which they run; the later ones are harder on the cluster. */
export const SCENARIOS = ['ready', 'rest', 'kill', 'graceful', 'forced', 'roll', 'hang', 'cut', 'all'] as const;

export type ScenarioName = (typeof SCENARIOS)[number];

/** What a row shows of a run: the time without writes, how long something took, or requests of the API server. */
export type Figure = 'gap' | 'duration' | 'requests';

export type Target = {
  readonly scenario: ScenarioName;
  readonly figure: Figure;
  readonly title: string;
  /** spotahome/redis-operator 1.3.0-rc1 on such a cluster, measured once by hand before this benchmark existed. */
  readonly predecessor: string;
  readonly target: string;
  readonly stretch: string;
};

/** Two figures are those of the Sentinel client and of the Service client. */
export const TARGETS: readonly Target[] = [
  {
    scenario: 'ready',
    figure: 'duration',
    title: '3 + 3 Ready after apply, images present',
    predecessor: '40 s',
    target: '8 s',
    stretch: '5 s',
  },
  {
    scenario: 'kill',
    figure: 'gap',
    title: "master's container killed (SIGKILL)",
    predecessor: '34.8 s / 49.2 s',
    target: '1.5 s / 1.0 s',
    stretch: '1.15 s / 0.5 s',
  },
  {
    scenario: 'graceful',
    figure: 'gap',
    title: 'master pod deleted (graceful)',
    predecessor: '<0.1 s / 47.9 s, 0 lost',
    target: '0.7 s / 0.5 s, 0 lost',
    stretch: '0.3 s, no error',
  },
  {
    scenario: 'forced',
    figure: 'gap',
    title: 'master pod deleted (grace 0)',
    predecessor: '0.16 s / 55.0 s',
    target: '1.0 s / 1.0 s',
    stretch: '0.4 s',
  },
  {
    scenario: 'roll',
    figure: 'gap',
    title: 'rolling update of 3 Redis pods',
    predecessor: '<0.1 s / 49.6 s, 174 / 185 lost',
    target: '0.7 s / 0.5 s, 0 lost',
    stretch: '0.3 s, no error',
  },
  {
    scenario: 'roll',
    figure: 'duration',
    title: 'the whole roll takes',
    predecessor: 'about 3 min',
    target: '60 s',
    stretch: '30 s',
  },
  {
    scenario: 'hang',
    figure: 'gap',
    title: 'master hung (SIGSTOP)',
    predecessor: '8.7 s / 60.0 s, 0 / 1 lost',
    target: 'down-after (5 s) + 2 s, both',
    stretch: 'down-after + 1 s',
  },
  {
    scenario: 'cut',
    figure: 'gap',
    title: "master's node cut off",
    predecessor: '9.6 s / until it came back',
    target: '7 s / 7 s at down-after 5 s',
    stretch: '3 s at down-after 2 s',
  },
  {
    scenario: 'all',
    figure: 'gap',
    title: 'all pods deleted at once (lost: of what was acknowledged before)',
    predecessor: '26 s / 19 s (emptyDir: data gone)',
    target: '15 s, 0 lost on volumes',
    stretch: '8 s',
  },
  {
    scenario: 'rest',
    figure: 'requests',
    title: 'API requests for one healthy failover, a minute',
    predecessor: '257, of them 88 writes',
    target: '0 reads, 0 writes (watches only)',
    stretch: '',
  },
];
