import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gpuBurnArgs, parseVerdicts } from '../../../src/tools/gpu-burn.ts';

suite('gpu_burn', () => {
  test('runs where it was built, since it loads its kernel from there', () => {
    assert.deepEqual(gpuBurnArgs({ installDir: '/opt/gpu-burn', memory: '95%', timeoutSeconds: 60 }), [
      '--chdir=/opt/gpu-burn',
      './gpu_burn',
      '-m',
      '95%',
      '60',
    ]);
  });

  // Not captured: there is no GPU here. This is the form that its source prints.
  test('tells of each GPU at its end', () => {
    const text = "100.0%  proc'd: 12 (99 Gflop/s)   errors: 0\ndone\n\nTested 2 GPUs:\n\tGPU 0: OK\n\tGPU 1: FAULTY\n";
    assert.deepEqual(parseVerdicts(text), [
      { gpu: 0, isFaulty: false },
      { gpu: 1, isFaulty: true },
    ]);
    assert.deepEqual(parseVerdicts('No CUDA devices'), []);
  });
});
