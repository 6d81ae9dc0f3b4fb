/** The operator's image as the local cluster runs it: what images/Dockerfile makes, without a container engine. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../cluster/json.ts';
import { step } from '../cluster/progress.ts';
import { bundle } from './bundle.ts';
import { cached, type Image, keyOf, storedImage, storeImage, workFolder } from './cache.ts';
import { type ImageConfig, type Layer, layerOf, tarOf } from './oci.ts';
import { makeRootfs, mmdebstrapCommand, type RootfsRecipe } from './rootfs.ts';

const CHECKOUT = join(import.meta.dirname, '..');
const NODE = join(CHECKOUT, 'node_modules', 'node', 'bin', 'node');
const REPOSITORY = 'docker.io/library/qs-redis-operator';

const CONFIG: ImageConfig = {
  Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'NODE_ENV=production'],
  Entrypoint: ['/usr/local/bin/node', '/app/main.js'],
  WorkingDir: '/app',
  User: '65532:65532',
};

/** Node and the libraries it is linked to; no shell, no package manager. */
const BASE: RootfsRecipe = {
  suite: 'bookworm',
  variant: 'extract',
  packages: ['base-files', 'libc6', 'libgcc-s1', 'libstdc++6', 'libatomic1', 'ca-certificates', 'tzdata'],
  customize: [
    `install -D -m 755 ${NODE} usr/local/bin/node`,
    'mkdir -p etc/ssl/certs app',
    'cat usr/share/ca-certificates/mozilla/*.crt >etc/ssl/certs/ca-certificates.crt',
    `printf 'root:x:0:0:root:/:/sbin/nologin\\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\\n' >etc/passwd`,
    `printf 'root:x:0:\\nnonroot:x:65532:\\n' >etc/group`,
  ].join(' && '),
};

/**
 * The base, and the operator's image on top of it. The second one's file holds the bundle only, so that a change of the
 * source is loaded in a moment; the base must be loaded first.
 */
export const operatorImages = async (): Promise<readonly Image[]> => {
  const base = await baseFolder();
  const baseLayer = await readJson<Layer>(join(base, 'layer.json'));
  const { version } = await readJson<{ readonly version: string }>(join(CHECKOUT, 'package.json'));
  const name = `${REPOSITORY}:${version}`;
  const work = await workFolder();
  try {
    await bundle(join(work, 'root', 'app', 'main.js'));
    const layer = await tarOf(join(work, 'root'), join(work, 'layer.tar'));
    const source = { name, config: CONFIG, layers: [baseLayer.digest, layer.digest] };
    const folder = await cached({ name: 'operator', key: keyOf(source) }, (unfinished) =>
      storeImage(unfinished, { names: [name], config: CONFIG, present: [baseLayer], layers: [layer] }),
    );
    return [await storedImage(base), await storedImage(folder)];
  } finally {
    await rm(work, { recursive: true });
  }
};

const baseFolder = async (): Promise<string> => {
  const key = keyOf([mmdebstrapCommand(BASE, ''), process.version]);
  const names = [`${REPOSITORY}-base:${key}`];
  return cached({ name: 'operator-base', key }, (unfinished) =>
    step("making the base of the operator's image", async () => {
      const rootfs = join(unfinished, 'rootfs.tar');
      await makeRootfs(BASE, rootfs);
      const layer = await layerOf(rootfs);
      await storeImage(unfinished, { names, config: {}, present: [], layers: [layer] });
      await writeFile(join(unfinished, 'layer.json'), JSON.stringify(layer));
      await rm(rootfs);
    }),
  );
};

/** Reads a JSON file whose shape the caller knows. */
const readJson = async <T>(file: string): Promise<T> => parseJson<T>(await readFile(file, 'utf8'));
