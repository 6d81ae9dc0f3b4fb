/**
 * Which pod template a workload gets. Pods restart when it changes, so it changes only when the user changes something that
 * shows in it: not because this operator was upgraded, and not because it took a workload over from another operator.
 */
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import { type DefaultedFailover, type DefaultImages, REDIS_DEFAULTS, SENTINEL_DEFAULTS } from '../../api/defaults.ts';
import { type Component, GROUP, INHERITED_ANNOTATION } from '../../api/names.ts';
import { keepsDivergent } from '../keeping.ts';
import { inheritedLabels } from '../labels.ts';
import { inheritedKeys } from '../pod-labels.ts';
import { fingerprint } from './applied-hash.ts';
import { startLines } from './boot-config.ts';
import { isRecord } from './json.ts';
import { asksClients } from './sentinel-secret.ts';

/** Raised whenever the same spec gives another pod template than before; `test/golden` has the objects of each. */
export const TEMPLATE_VERSION: Readonly<Record<Component, number>> = { redis: 1, sentinel: 2 };
/** The version of a template that this operator did not make. */
const FOREIGN = 0;

/** Annotation of a workload: `VERSION:FINGERPRINT`, of its template and of what the user asked for when it was made. */
export const TEMPLATE_ANNOTATION = `redisfailovers.${GROUP}/template`;
/** Annotation of a workload: the image that it gets while the spec names none, the default of the time when it was made. */
export const IMAGE_ANNOTATION = `redisfailovers.${GROUP}/default-image`;

type Workload = StatefulSet | Deployment;
type Wish = { readonly failover: DefaultedFailover; readonly component: Component };

/**
 * `desired` with the template and the selector that go with the live workload. A selector is immutable, so what it asks for
 * is on the pods whatever their template.
 */
export const withRightTemplate = <T extends Workload>(desired: T, live: T | undefined, wish: Wish): T => {
  const asked = fingerprintOf(wish);
  const made = live && madeFrom(live);
  const keep =
    live?.spec !== undefined &&
    isKept(made, { asked, version: TEMPLATE_VERSION[wish.component] }) &&
    !contradicts(live, wish);
  const version = keep ? (made?.version ?? FOREIGN) : TEMPLATE_VERSION[wish.component];
  return {
    ...desired,
    metadata: {
      ...desired.metadata,
      annotations: {
        ...desired.metadata?.annotations,
        [TEMPLATE_ANNOTATION]: `${version}:${asked}`,
        [IMAGE_ANNOTATION]: wish.failover.defaultImages[wish.component],
        ...(keep && version === FOREIGN && inheritedAnnotation(live, wish)),
      },
    },
    spec: {
      ...desired.spec,
      ...(live?.spec?.selector && { selector: live.spec.selector }),
      template: keep ? live.spec?.template : withLabels(desired.spec?.template, live?.spec?.selector?.matchLabels),
    },
  };
};

/**
 * Remembers which labels another operator wrote into the template because the failover had them: a pod that is made anew from
 * it loses those that the failover has lost since.
 */
const inheritedAnnotation = ({ metadata, spec }: Workload, { failover }: Wish): Readonly<Record<string, string>> => {
  const known = new Set([...Object.keys(inheritedLabels(failover)), ...inheritedKeys(metadata)]);
  const keys = Object.keys(spec?.template?.metadata?.labels ?? {}).filter((key) => known.has(key));
  return keys.length > 0 ? { [INHERITED_ANNOTATION]: keys.sort().join() } : {};
};

/** Whether the workload still has the template that another operator gave it. */
export const isForeign = (live: Workload): boolean => (madeFrom(live)?.version ?? FOREIGN) === FOREIGN;

/** Whether the StatefulSet gets the same template again when it is made anew from the same spec. */
export const isReproducible = (live: StatefulSet): boolean => madeFrom(live)?.version === TEMPLATE_VERSION.redis;

/** The image of a component that counts when the spec names none, as a member; nothing while there is no workload. */
export const defaultImageOf = (live: Workload | undefined, component: Component): Partial<DefaultImages> => {
  const image = live && (live.metadata?.annotations?.[IMAGE_ANNOTATION] ?? imageOf(live, component));
  return image === undefined ? {} : { [component]: image };
};

type Made = { readonly version: number; readonly asked: string };

const madeFrom = ({ metadata }: Workload): Made | undefined => {
  const [version = '', asked = ''] = metadata?.annotations?.[TEMPLATE_ANNOTATION]?.split(':') ?? [];
  return /^\d+$/.test(version) && asked !== '' ? { version: Number(version), asked } : undefined;
};

/** A template of our version is compared field by field, so that edits by hand are put right. */
const isKept = (made: Made | undefined, ours: Made): boolean =>
  made === undefined || (made.version !== ours.version && made.asked === ours.asked);

/**
 * Of a workload that is new to this operator: the spec names another image, so it was changed while nobody looked, or asks for
 * what no other operator can.
 */
const contradicts = (live: Workload, { failover: { spec }, component }: Wish): boolean =>
  madeFrom(live) === undefined &&
  (spec[component].image !== imageOf(live, component) ||
    (component === 'redis' ? keepsDivergent(spec.redis) : asksClients({ spec })));

const imageOf = ({ spec }: Workload, component: Component): string | undefined =>
  spec?.template?.spec?.containers.find(({ name }) => name === component)?.image;

/**
 * What the user asks for, without what never shows in a pod template; a field that is not named here counts. A default is as
 * good as nothing: a later release may have more of them, and none may ever change. The image is the one that pods have.
 */
const fingerprintOf = ({ failover: { spec }, component }: Wish): string => {
  const { image, ...asked } = { ...spec[component], ...NEVER_SHOWN };
  const defaults = component === 'redis' ? REDIS_DEFAULTS : SENTINEL_DEFAULTS;
  const { emptyDir } = spec.redis.storage;
  const readAtStart = component === 'redis' ? startLines(spec.redis.customConfig) : [];
  const ofRedis = component === 'redis' && { storage: { emptyDir }, dataSafety: undefined };
  return fingerprint({
    ...beyond({ ...asked, ...ofRedis }, defaults),
    image,
    auth: spec.auth,
    ...(readAtStart.length > 0 && { readAtStart }),
  });
};

const NEVER_SHOWN = {
  replicas: undefined,
  customConfig: undefined,
  serviceAnnotations: undefined,
  disablePodDisruptionBudget: undefined,
};

/** The members that are not as the defaults have them. */
const beyond = (value: object, defaults: object): object =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, member]: [string, unknown]) => {
      const byDefault: unknown = Reflect.get(defaults, key);
      if (!isRecord(member) || !isRecord(byDefault)) {
        return fingerprint(member) === fingerprint(byDefault) ? [] : [[key, member]];
      }
      const rest = beyond(member, byDefault);
      return Object.keys(rest).length === 0 ? [] : [[key, rest]];
    }),
  );

const withLabels = (
  template: PodTemplateSpec | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): PodTemplateSpec => ({
  ...template,
  metadata: { ...template?.metadata, labels: { ...template?.metadata?.labels, ...labels } },
});
