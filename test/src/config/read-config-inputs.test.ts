import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readConfigInputs } from '../../../src/config/read-config-inputs.ts';

const dir = mkdtempSync(join(tmpdir(), 'ironhand-inputs-'));
after(() => rmSync(dir, { recursive: true }));
mkdirSync(join(dir, 'conf.d'));
for (const name of ['conf.d/20-b.conf', 'conf.d/10-a.conf', 'conf.d/.hidden.conf', 'conf.d/30-c.txt', 'main.conf']) {
  writeFileSync(join(dir, name), `# ${name}`);
}

describe('readConfigInputs', () => {
  it('reads named files, then the *.conf of named directories by name', () => {
    const { files } = readConfigInputs({ configFiles: [join(dir, 'main.conf')], configDirs: [join(dir, 'conf.d')] });
    assert.deepEqual(
      files.map((file) => file.text),
      ['# main.conf', '# conf.d/10-a.conf', '# conf.d/20-b.conf'],
    );
  });

  it('refuses a named file or directory that is not there', () => {
    for (const request of [{ configFiles: [join(dir, 'none.conf')] }, { configDirs: [join(dir, 'none.d')] }]) {
      assert.throws(() => readConfigInputs(request), { name: 'ConfigurationError', message: /none\..*ENOENT/ });
    }
  });

  it('reads the kernel command line and the facts of this machine', () => {
    const inputs = readConfigInputs();
    assert.equal(inputs.kernelCommandLine, readFileSync('/proc/cmdline', 'utf8').trim());
    assert.equal(inputs.machine.rootInMemory, false);
  });
});
