/** Loads images into the nodes' containerds. */
import type { Image } from '../images/cache.ts';
import { run } from './command.ts';
import type { Node } from './layout.ts';

/** ctr on a node, in the namespace that the kubelet uses. */
export const ctr = (node: Node, ...args: readonly string[]): Promise<string> =>
  run(['ctr', '--address', node.socket, '--namespace', 'k8s.io', ...args]);

/** Loads what a node does not have yet, one image after the other, on all nodes at the same time. */
export const loadImages = async (nodes: readonly Node[], images: readonly Image[]): Promise<void> => {
  await Promise.all(nodes.map((node) => loadInto(node, images)));
};

const loadInto = async (node: Node, images: readonly Image[]): Promise<void> => {
  const present = parseImageList(await ctr(node, 'images', 'list'));
  for (const image of images) {
    if (image.names.every((name) => present.get(name) === image.digest)) continue;
    await ctr(node, 'images', 'import', image.file);
  }
};

/** Reads `ctr images list`: digests by name. */
export const parseImageList = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split('\n')
      .slice(1)
      .map((line) => line.split(/\s+/))
      .map(([name = '', , digest = '']) => [name, digest]),
  );
