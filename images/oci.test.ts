import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../cluster/command.ts';
import { imageDocuments, layerOf, writeImage } from './oci.ts';

const layer = { digest: 'sha256:aa', sizeBytes: 10 };
const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

test('every document of an image is stored under its own digest', () => {
  const { blobs, digest } = imageDocuments({ names: ['a:1'], config: {}, layers: [layer] });
  for (const [name, text] of blobs) assert.equal(name, sha256(text));
  assert.match(blobs.get(digest) ?? '', /"layers":\[\{"mediaType":"[^"]+","digest":"sha256:aa","size":10\}\]/);
});

test('an image is one manifest, however many names it has', () => {
  const { index, digest } = imageDocuments({ names: ['a:1.2', 'a:1'], config: {}, layers: [layer] });
  assert.equal(index.split(`"digest":"${digest}"`).length - 1, 2);
  assert.match(index, /"io\.containerd\.image\.name":"a:1\.2"/);
  assert.match(index, /"io\.containerd\.image\.name":"a:1"/);
});

const digestWith = (entrypoint: string): string =>
  imageDocuments({ names: ['a:1'], config: { Entrypoint: [entrypoint] }, layers: [layer] }).digest;

test('another command line makes another image', () => {
  assert.notEqual(digestWith('/a'), digestWith('/b'));
  assert.equal(digestWith('/a'), digestWith('/a'));
});

test('the file of an image holds its layers and documents', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oci-test-'));
  try {
    await writeFile(join(folder, 'layer.tar'), 'a layer');
    const contents = await layerOf(join(folder, 'layer.tar'));
    assert.deepEqual(contents, { file: join(folder, 'layer.tar'), digest: sha256('a layer'), sizeBytes: 7 });
    const documents = imageDocuments({ names: ['a:1'], config: {}, layers: [contents] });
    await writeImage(join(folder, 'image.tar'), documents, [contents]);
    await run(['tar', '-C', folder, '-xf', join(folder, 'image.tar')]);
    const blob = (digest: string): Promise<string> =>
      readFile(join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length)), 'utf8');
    assert.equal(await blob(contents.digest), 'a layer');
    assert.equal(sha256(await blob(documents.digest)), documents.digest);
  } finally {
    await rm(folder, { recursive: true });
  }
});
