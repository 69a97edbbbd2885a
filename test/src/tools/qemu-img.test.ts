import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ToolError } from '../../../src/errors/tool-error.ts';
import { type Conversion, confine, convertArgs, lackedResources, lackedSpace } from '../../../src/tools/qemu-img.ts';
import { capturedOutput } from '../../support/captured-output.ts';

const conversion: Conversion = {
  format: 'vhd',
  source: '/run/spool/image-1',
  target: '/run/spool/image-2',
  sizeBytes: 20_971_520,
  memoryLimitMib: 2048,
  timeoutSeconds: 60,
};

const failure = (name: string): ToolError => {
  const { args, text } = capturedOutput('qemu-img', name);
  return new ToolError({ program: 'qemu-img', args }, { exitCode: 1, why: 'exit code 1', stderrTail: text.trim() });
};

test('is told every format and can take no name for anything but a file', () => {
  assert.deepEqual(convertArgs({ ...conversion, source: 'nbd:localhost,file.driver=nbd' }), [
    'convert',
    '--image-opts',
    'driver=vpc,force_size_calc=current_size,file.driver=file,file.filename=nbd:localhost,,file.driver=nbd',
    '-n',
    '--target-is-zero',
    '--target-image-opts',
    'driver=raw,file.driver=file,file.filename=/run/spool/image-2',
  ]);
});

test('runs with bounded memory and files and without the powers of root', () => {
  const { program, args } = confine(conversion);
  assert.equal(
    [program, ...args].join(' ').replace(/ convert .*/, ''),
    'prlimit --as=2147483648 --fsize=20971520 --core=0 -- setpriv --no-new-privs --bounding-set=-all --inh-caps=-all -- ' +
      'env MALLOC_ARENA_MAX=3 qemu-img',
  );
});

for (const name of ['no-thread', 'no-stack']) {
  test(`knows that it may go better next time: ${name}`, () => assert.ok(lackedResources(failure(name))));
}

for (const name of ['not-that-format', 'target-too-small', 'no-space']) {
  test(`knows that it will not go better next time: ${name}`, () => assert.ok(!lackedResources(failure(name))));
}

test('tells a full directory from a bad image', () => {
  assert.ok(lackedSpace(failure('no-space')));
  assert.ok(!lackedSpace(failure('not-that-format')));
});
