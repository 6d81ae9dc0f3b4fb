import { describeKubeApi } from '../test/conformance/kube-api.ts';
import { SimClock } from './clock.ts';
import { SimKubeApi } from './kube-api.ts';
import { SimRandom } from './random.ts';

describeKubeApi('the simulated API server', async () => ({
  api: new SimKubeApi({ clock: new SimClock(), random: new SimRandom(1) }),
  namespace: 'default',
  close: async () => undefined,
}));
