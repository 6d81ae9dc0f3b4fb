import type { Action, Problem, Verdict } from '../plan.ts';
import type { Situation } from '../situation.ts';
import { growthOf, type Volume, volumesOf, wantedStorage } from '../volumes.ts';
import { redisWanted } from './surge.ts';

/** What the API server refused is asked again after this long: its storage class may allow it by now. */
const ASK_AGAIN_MS = 60_000;

/** Asks for the size of the spec on every claim, and says what keeps a volume from having it. Nothing else waits for that. */
export const growVolumes = (situation: Situation): Verdict => {
  const wanted = wantedStorage(situation);
  if (wanted === undefined) return {};
  const volumes = volumesOf(situation);
  const verdicts = volumes.map((volume) => grow(situation, { volume, wanted }));
  const waits = verdicts.flatMap((verdict) => verdict.waitingFor ?? []);
  const message = `waiting for ${waits.length} of ${volumes.length} volumes to have ${wanted}: ${waits[0]}`;
  return {
    actions: verdicts.flatMap((verdict) => verdict.actions ?? []),
    problems: verdicts.flatMap((verdict) => verdict.problems ?? []),
    ...(waits.length > 0 && { progress: { reason: 'VolumesGrowing', message } }),
    ...(verdicts.some(({ recheckMs }) => recheckMs !== undefined) && { recheckMs: ASK_AGAIN_MS }),
  };
};

type Growing = { readonly volume: Volume; readonly wanted: string };

const grow = (situation: Situation, { volume, wanted }: Growing): Verdict => {
  const growth = growthOf(volume, wanted);
  switch (growth.kind) {
    case 'done':
    case 'unbound':
      return {};
    case 'to-ask':
      return ask(situation, { volume, wanted });
    case 'under-way':
      // No node grows the file system of a volume that no pod mounts.
      return volume.ordinal < redisWanted(situation)
        ? { waitingFor: `claim ${volume.name} waits for ${growth.waitsFor}` }
        : {};
    case 'failed':
      return { problems: [notGrown(volume, { wanted, because: growth.because })] };
  }
};

const ask = (situation: Situation, { volume, wanted }: Growing): Verdict => {
  const refusal = situation.claimsRefused.get(volume.claim.metadata?.uid ?? '');
  const isKnown = refusal?.size === wanted;
  const action: Action = {
    kind: 'resize-claim',
    target: { claim: volume.name, uid: volume.claim.metadata?.uid ?? '', storageClass: storageClassOf(volume) },
    size: wanted,
    why: { reason: 'VolumeResized', message: `claim ${volume.name} asks for ${wanted}, not ${volume.requested}` },
  };
  if (!isKnown) return { actions: [action] };
  const problems: Problem[] = [{ reason: 'VolumeNotGrown', message: refusal.message }];
  return { problems, recheckMs: ASK_AGAIN_MS, ...(situation.at - refusal.at >= ASK_AGAIN_MS && { actions: [action] }) };
};

const notGrown = (
  volume: Volume,
  { wanted, because }: { readonly wanted: string; readonly because: string },
): Problem => ({
  reason: 'VolumeNotGrown',
  message: `claim ${volume.name} (storage class ${storageClassOf(volume)}) does not get ${wanted}: ${because}`,
});

const storageClassOf = ({ claim }: Volume): string => claim.spec?.storageClassName || 'none';
