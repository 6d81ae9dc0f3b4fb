/** The last good manifests of the sweep of the API server. */
import { claimed } from '../../conformance/crd-cases.ts';

const resources = { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: '128Mi' } };

const GOOD = {
  labelWhitelist: ['team'],
  redis: {
    replicas: 2,
    resources,
    customConfig: ['hz 20'],
    podAnnotations: { kept: 'yes' },
    nodeSelector: { disk: 'ssd' },
    storage: { emptyDir: { sizeLimit: '1Gi' } },
  },
  sentinel: { replicas: 1, resources, tolerations: [{ key: 'dedicated', operator: 'Exists' }] },
};

const GOOD_WITH_CLAIM = { ...GOOD, redis: { ...GOOD.redis, storage: claimed() } };

const CLAIM = 'spec.redis.storage.persistentVolumeClaim';

/** What everything inside of a claim is tried on, because a claim cannot be added later, and what all the rest is. */
export const goodFor = (path: string): object => (path.startsWith(`${CLAIM}.`) ? GOOD_WITH_CLAIM : GOOD);

/** As the operator writes it while the volumes have what the good manifest asks for. */
export const GOOD_STATUS = { storage: { smallestVolume: '1Gi', largestVolume: '1Gi' } };
