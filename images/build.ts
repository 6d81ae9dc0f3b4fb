/** Makes the images of the local cluster, or finds them in the cache. */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../cluster/command.ts';
import { step } from '../cluster/progress.ts';
import { cached, type Image, keyOf, storedImage, storeImage } from './cache.ts';
import { type ImageRecipe, STAND_INS } from './catalog.ts';
import { layerOf, tarOf } from './oci.ts';
import { makeRootfs, mmdebstrapCommand } from './rootfs.ts';

/** The name of the image of pod sandboxes. */
export const PAUSE_IMAGE = 'docker.io/library/pause:catatonit';

/** The sandbox image: Debian's static catatonit, which waits (-P) and reaps. */
export const pauseImage = async (): Promise<Image> => {
  const config = { Entrypoint: ['/catatonit', '-P'], User: '65535:65535' };
  const folder = await cached({ name: 'pause', key: keyOf([PAUSE_IMAGE, config]) }, async (unfinished) => {
    const root = join(unfinished, 'root');
    await mkdir(root);
    await copyFile('/usr/bin/catatonit', join(root, 'catatonit'));
    const layer = await tarOf(root, join(unfinished, 'layer.tar'));
    await storeImage(unfinished, { names: [PAUSE_IMAGE], config, present: [], layers: [layer] });
    await rm(layer.file);
    await rm(root, { recursive: true });
  });
  return storedImage(folder);
};

/** Redis, Valkey and the exporter, under the names of the public images. */
export const standInImages = async (): Promise<readonly Image[]> => {
  const images: Image[] = [];
  for (const recipe of STAND_INS) images.push(await standInImage(recipe));
  return images;
};

const standInImage = async (recipe: ImageRecipe): Promise<Image> => {
  const shortName = `${recipe.repository.split('/').at(-1)}-${recipe.series}`;
  const folder = await cached(
    { name: shortName, key: keyOf([recipe, mmdebstrapCommand(recipe.rootfs, '')]) },
    (unfinished) =>
      step(`making the image ${recipe.repository}:${recipe.series}`, async () => {
        const rootfs = join(unfinished, 'rootfs.tar');
        await makeRootfs(recipe.rootfs, rootfs);
        const version = (await run(['tar', '-xOf', rootfs, './image-version'])).trim();
        const names = [version, recipe.series].map((tag) => `${recipe.repository}:${tag}`);
        await storeImage(unfinished, { names, config: recipe.config, present: [], layers: [await layerOf(rootfs)] });
        await rm(rootfs);
      }),
  );
  return storedImage(folder);
};
