import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gatherConfig } from '../../../scripts/cli/gather-config.ts';
import { keepMedia, keptMedia } from '../../../scripts/cli/kept-media.ts';
import { readMachineFacts } from '../../../src/config/read-config-inputs.ts';
import { prepareStateDir, readBootId } from '../../../src/queue/state-dir.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const thisBoot = readBootId('/proc/sys/kernel/random/boot_id');
const media = {
  parameters: 'ipa-api-url=http://192.0.2.1:6385',
  files: [{ path: '/etc/a', bytes: Buffer.from([0, 255]) }],
};

describe('what virtual media said', () => {
  it('is kept for root only, and given back as it was', () => {
    using directory = temporaryDirectory();
    const state = prepareStateDir(directory.path, thisBoot);
    assert.equal(keptMedia(state), null);
    keepMedia(media, state);
    assert.deepEqual(keptMedia(state), media);
    assert.equal(statSync(state.mediaRecord).mode & 0o777, 0o600);
  });

  it('is asked for again where it was nothing', () => {
    using directory = temporaryDirectory();
    const state = prepareStateDir(directory.path, thisBoot);
    keepMedia({ parameters: '', files: [] }, state);
    assert.equal(keptMedia(state), null);
  });

  for (const [boot, asked, apiUrls] of [
    [thisBoot, 0, ['http://192.0.2.1:6385']],
    ['11111111-1111-4111-8111-111111111111', 5, []],
  ] as const) {
    it(`${asked === 0 ? 'counts for the rest of the boot, also when they were ejected' : 'is forgotten in the next boot'}`, async () => {
      using directory = temporaryDirectory();
      keepMedia(media, prepareStateDir(directory.path, boot));
      let looks = 0;
      const { loaded } = await gatherConfig(
        {},
        {
          readInputs: () => ({
            argv: { stateDir: directory.path },
            env: {},
            kernelCommandLine: 'boot_method=vmedia',
            files: [],
            machine: readMachineFacts(),
          }),
          media: {
            listDevices: () => {
              looks += 1;
              return Promise.resolve([]);
            },
            sleep: () => Promise.resolve(),
            log: { info: () => undefined, warn: () => undefined },
          },
        },
      );
      assert.deepEqual([looks, loaded.config.apiUrls], [asked, apiUrls]);
    });
  }
});
