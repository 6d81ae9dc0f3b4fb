/**
 * Writes OCI images as one tar file that `ctr images import`, docker and podman read.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from '../cluster/command.ts';

/** An uncompressed tar file that becomes one layer. */
export type Layer = { readonly file: string; readonly digest: string; readonly sizeBytes: number };

/** How containers of an image start; the fields of the image configuration's `config`. */
export type ImageConfig = {
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly User?: string;
};

/** The JSON documents of an image: what index.json says, the blobs by digest, and the digest of the manifest. */
export type ImageDocuments = {
  readonly index: string;
  readonly blobs: ReadonlyMap<string, string>;
  readonly digest: string;
};

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Builds the documents of an image that is known under each of `names`, which are complete references. */
export const imageDocuments = (image: {
  readonly names: readonly string[];
  readonly config: ImageConfig;
  readonly layers: readonly Pick<Layer, 'digest' | 'sizeBytes'>[];
}): ImageDocuments => {
  const config = JSON.stringify({
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    os: 'linux',
    config: image.config,
    // Layers are not compressed: their digests as blobs and as file systems are the same.
    rootfs: { type: 'layers', diff_ids: image.layers.map((layer) => layer.digest) },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, digest: digestOf(config), size: Buffer.byteLength(config) },
    layers: image.layers.map(({ digest, sizeBytes }) => ({ mediaType: LAYER_TYPE, digest, size: sizeBytes })),
  });
  const digest = digestOf(manifest);
  const manifests = image.names.map((name) => ({
    mediaType: MANIFEST_TYPE,
    digest,
    size: Buffer.byteLength(manifest),
    annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name },
  }));
  return {
    index: JSON.stringify({ schemaVersion: 2, manifests }),
    blobs: new Map([
      [digestOf(config), config],
      [digest, manifest],
    ]),
    digest,
  };
};

/** Reads a tar file's digest and size. */
export const layerOf = async (file: string): Promise<Layer> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { file, digest: `sha256:${hash.digest('hex')}`, sizeBytes: (await stat(file)).size };
};

/** Writes the image's tar file with the given layers' contents, whole or not at all. */
export const writeImage = async (file: string, documents: ImageDocuments, layers: readonly Layer[]): Promise<void> => {
  const staging = await mkdtemp(join(dirname(file), 'unfinished-'));
  try {
    const blobs = join(staging, 'image', 'blobs', 'sha256');
    const blob = (digest: string): string => join(blobs, digest.slice('sha256:'.length));
    await mkdir(blobs, { recursive: true });
    await writeFile(join(staging, 'image', 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    await writeFile(join(staging, 'image', 'index.json'), documents.index);
    for (const [digest, text] of documents.blobs) await writeFile(blob(digest), text);
    for (const layer of layers) await symlink(layer.file, blob(layer.digest));
    const tar = join(staging, 'image.tar');
    await run(['tar', '--dereference', '-C', join(staging, 'image'), '-cf', tar, 'oci-layout', 'index.json', 'blobs']);
    await rename(tar, file);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};

/** Packs a folder as a layer that root owns. */
export const tarOf = async (root: string, file: string): Promise<Layer> => {
  const owner = ['--numeric-owner', '--owner=0', '--group=0', '--mtime=@0'];
  await run(['tar', '--sort=name', ...owner, '-C', root, '-cf', file, '.']);
  return layerOf(file);
};
