/** Finished images in the cache outside the checkout, each made once for what it is made from. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../cluster/json.ts';
import { CACHE } from '../cluster/layout.ts';
import { type ImageConfig, imageDocuments, type Layer, writeImage } from './oci.ts';

const FOLDER = join(CACHE, 'images');

/** An image that can be loaded: its tar file, what it is called, and the digest of its manifest. */
export type Image = { readonly file: string; readonly names: readonly string[]; readonly digest: string };

/** A short name for everything that `source` is made from. */
export const keyOf = (source: unknown): string =>
  createHash('sha256').update(JSON.stringify(source)).digest('hex').slice(0, 16);

/**
 * The folder `NAME-KEY` of the cache, filled by `make` unless it is there. `make` works in a folder that gets its name
 * when it is complete.
 */
export const cached = async (
  { name, key }: { readonly name: string; readonly key: string },
  make: (folder: string) => Promise<void>,
): Promise<string> => {
  const folder = join(FOLDER, `${name}-${key}`);
  if (existsSync(folder)) return folder;
  const unfinished = await workFolder();
  try {
    await make(unfinished);
    await removeOlder(name);
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
};

/** An empty folder beside the finished ones, for the caller to remove. */
export const workFolder = async (): Promise<string> => {
  await mkdir(FOLDER, { recursive: true });
  return mkdtemp(join(FOLDER, 'unfinished-'));
};

/** Removes what earlier runs left when they were interrupted. To be called when no other one can be running. */
export const removeUnfinished = async (): Promise<void> => {
  const names = (await readdir(FOLDER).catch(() => [])).filter((name) => name.startsWith('unfinished-'));
  await Promise.all(names.map((name) => rm(join(FOLDER, name), { recursive: true })));
};

/** The cache keeps one folder of a name. */
const removeOlder = async (name: string): Promise<void> => {
  const pattern = new RegExp(`^${name.replaceAll('.', '\\.')}-[0-9a-f]{16}$`);
  const names = (await readdir(FOLDER)).filter((entry) => pattern.test(entry));
  await Promise.all(names.map((entry) => rm(join(FOLDER, entry), { recursive: true })));
};

/**
 * Writes `image.tar` and what is to be known of it into a folder of the cache. The contents of the layers `present`, the
 * lower ones, are left out: whoever loads the image has them from another.
 */
export const storeImage = async (
  folder: string,
  image: {
    readonly names: readonly string[];
    readonly config: ImageConfig;
    readonly present: readonly Layer[];
    readonly layers: readonly Layer[];
  },
): Promise<void> => {
  const documents = imageDocuments({ ...image, layers: [...image.present, ...image.layers] });
  await writeImage(join(folder, 'image.tar'), documents, image.layers);
  await writeFile(join(folder, 'image.json'), JSON.stringify({ names: image.names, digest: documents.digest }));
};

/** Reads back what `storeImage` wrote. */
export const storedImage = async (folder: string): Promise<Image> => {
  const noted = parseJson<Omit<Image, 'file'>>(await readFile(join(folder, 'image.json'), 'utf8'));
  return { ...noted, file: join(folder, 'image.tar') };
};
