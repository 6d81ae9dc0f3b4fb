/** The images of the local cluster that stand in for public ones. */
import { EXPORTER_IMAGE } from '../src/api/pod-schema.ts';
import type { ImageConfig } from './oci.ts';
import type { RootfsRecipe } from './rootfs.ts';

/** One image: where its files come from, and what it is called. */
export type ImageRecipe = {
  /** Reference without tag, such as `docker.io/library/redis`. */
  readonly repository: string;
  /** The version series; it is a tag, and so is the exact version that Debian has. */
  readonly series: string;
  /** The file whose presence in the root file system names the exact version: `/image-version`. */
  readonly rootfs: RootfsRecipe;
  readonly config: ImageConfig;
};

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The public images keep their data in /data, owned by user 999, and note nothing elsewhere. */
const dataFolder = 'mkdir -p data && chown 999:999 data';
/** Perl is there for the installation of other packages only. */
const withoutPerl = 'rm -rf usr/share/perl usr/lib/*/perl usr/lib/*/libperl.so*';
/** Where the exact version is noted for the tag: `Redis server v=7.0.15 sha=…` or `Valkey server v=…`. */
const noteVersion = (server: string): string =>
  `chroot . ${server} --version | sed -E 's/.* v=([0-9.]+).*/\\1/' > image-version`;

const redis = (series: string, suite: RootfsRecipe['suite']): ImageRecipe => ({
  repository: 'docker.io/library/redis',
  series,
  rootfs: {
    suite,
    variant: 'essential',
    packages: ['redis-server', 'redis-tools'],
    customize: [
      dataFolder,
      withoutPerl,
      'ln -sf redis-server usr/bin/redis-sentinel',
      noteVersion('redis-server'),
    ].join(' && '),
  },
  config: { Env: [PATH], Cmd: ['redis-server'], WorkingDir: '/data' },
});

/** A Valkey as others package it, which does not answer to Redis' program names; they have packages of links for that. */
export const PLAIN_VALKEY = 'registry.example.com/plain-valkey';

/** The public Valkey image answers to Redis' program names as well. */
const valkeyLinks = ['server', 'sentinel', 'cli', 'benchmark', 'check-rdb', 'check-aof']
  .map((name) => `ln -sf valkey-${name} usr/bin/redis-${name}`)
  .join(' && ');

const valkey = (
  repository: string,
  { series, suite, links }: Pick<ImageRecipe, 'series'> & Pick<RootfsRecipe, 'suite'> & { readonly links: string },
): ImageRecipe => ({
  repository,
  series,
  rootfs: {
    suite,
    variant: 'essential',
    packages: ['valkey-server', 'valkey-tools'],
    customize: [
      dataFolder,
      withoutPerl,
      'ln -sf valkey-server usr/bin/valkey-sentinel',
      links,
      noteVersion('valkey-server'),
    ].join(' && '),
  },
  config: { Env: [PATH], Cmd: ['valkey-server'], WorkingDir: '/data' },
});

/** The default exporter. Debian has an older version of it than the tag says, with the same options and metrics. */
const exporter = (): ImageRecipe => {
  const [repository = '', tag = ''] = EXPORTER_IMAGE.split(':');
  return {
    repository,
    series: tag,
    rootfs: {
      suite: 'trixie',
      variant: 'extract',
      packages: ['base-files', 'libc6', 'prometheus-redis-exporter'],
      customize: [
        'ln -s usr/bin/prometheus-redis-exporter redis_exporter',
        `./redis_exporter --version 2>&1 | sed -E 's/.* Exporter ([0-9.]+).*/v\\1/' > image-version`,
      ].join(' && '),
    },
    config: { Env: [PATH], Entrypoint: ['/redis_exporter'], User: '59000:59000' },
  };
};

/** Redis and Valkey, as old and as new as Debian has them, a Valkey without the names of Redis, and the exporter of their metrics. */
export const STAND_INS: readonly ImageRecipe[] = [
  redis('7.0', 'bookworm'),
  redis('8.0', 'trixie'),
  valkey('docker.io/valkey/valkey', { series: '8.1', suite: 'trixie', links: valkeyLinks }),
  valkey(PLAIN_VALKEY, { series: '8.1', suite: 'trixie', links: 'true' }),
  exporter(),
];
