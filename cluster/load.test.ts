import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImageList } from './load.ts';

const LIST = `REF                             TYPE                                       DIGEST        SIZE      PLATFORMS   LABELS
docker.io/library/pause:catatonit application/vnd.oci.image.manifest.v1+json sha256:7ad0 710.2 KiB linux/amd64 -
docker.io/library/redis:7.0       application/vnd.oci.image.manifest.v1+json sha256:f61b 115.6 MiB linux/amd64 -
`;

test('the digest of an image is found under each of its names', () => {
  const images = parseImageList(LIST);
  assert.equal(images.get('docker.io/library/redis:7.0'), 'sha256:f61b');
  assert.equal(images.get('docker.io/library/pause:catatonit'), 'sha256:7ad0');
});

test('a node without images has none', () => {
  assert.equal(parseImageList('REF TYPE DIGEST SIZE PLATFORMS LABELS\n').get('docker.io/library/redis:7.0'), undefined);
});
