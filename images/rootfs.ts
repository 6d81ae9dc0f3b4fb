/** Root file systems from Debian packages, made by mmdebstrap, as tar files. */
import { run } from '../cluster/command.ts';

const TIMEOUT_MS = 15 * 60_000;

/** What a root file system holds. `customize` is a shell script that runs in its top folder when all is installed. */
export type RootfsRecipe = {
  readonly suite: 'bookworm' | 'trixie';
  /** `essential`: a small Debian with a shell. `extract`: the packages' files and nothing else. */
  readonly variant: 'essential' | 'extract';
  readonly packages: readonly string[];
  readonly customize: string;
};

/** Documentation and translations. */
const EXCLUDED = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/lintian/*',
];

/** The command line of mmdebstrap. */
export const mmdebstrapCommand = (recipe: RootfsRecipe, file: string): readonly string[] => [
  'mmdebstrap',
  '--quiet',
  `--variant=${recipe.variant}`,
  `--include=${recipe.packages.join(',')}`,
  ...EXCLUDED.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
  // With `extract` nothing is installed, so there is no later stage than this one.
  `--${recipe.variant === 'extract' ? 'extract' : 'customize'}-hook=cd "$1" && { ${recipe.customize}; }`,
  recipe.suite,
  file,
];

/** Makes the root file system's tar file. Takes about half a minute and needs Debian's mirror. */
export const makeRootfs = async (recipe: RootfsRecipe, file: string): Promise<void> => {
  await run(['nice', ...mmdebstrapCommand(recipe, file)], { timeoutMs: TIMEOUT_MS });
};
